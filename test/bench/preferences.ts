import { encodeEntity } from '../../server/eventlog/eventlog.ts';
import { createCompacts } from '../../server/push/preferences/compact.ts';
import { createPreferenceStore } from '../../server/push/preferences/store.ts';
import { neighbourhoodKeys } from '../../server/redis/keys.ts';
import { type Area, type Preferences, usualPreferences } from '../../shared/preferences.ts';
import { type Happening, wants } from '../../shared/wanted.ts';
import { startRedis } from '../support/redis.ts';
import { median, medianRatio, type Row } from './figures.ts';

const neighbourhoodId = 'bench-neighbours';
const count = 5000;
const entries = 20;
const memberId = (i: number) => `member-of-bench-${String(i).padStart(4, '0')}`;
/** Spread over two kilometres, the same in each run. */
const spot = (n: number) => ({
  lat: 45.75 + ((n * 7919) % 1000) / 50_000,
  lng: 4.82 + ((n * 104_729) % 1000) / 36_000,
});

function preferencesOf(i: number): Preferences {
  const areas = [0, 1, 2].map((k): Area => {
    const from = spot(i * 3 + k);
    const to = spot(i * 3 + k + 1);
    return {
      ...{ name: `Place ${k}`, categories: null, leastSeverity: 'minor', hours: null },
      shape:
        k === 2
          ? { kind: 'line', points: [from, to], width: 100 }
          : { kind: 'circle', centre: from, radius: 300 },
    };
  });
  return { ...usualPreferences('Europe/Paris'), version: 1, choice: 'near', areas };
}

const happening = (n: number): Happening => ({
  ...{ category: 'theft', severity: 'moderate', position: spot(n * 31), coarse: false, sos: false },
});

/** Milliseconds of this process's CPU. */
async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Deciding for 5,000 members with three places each whom an entry concerns, beside loading what each of them chose. */
export async function benchPreferences(rounds: number): Promise<{ rows: Row[] }> {
  const server = await startRedis();
  const redis = await server.connect();
  const { preferences, preferenceChanges } = neighbourhoodKeys(neighbourhoodId);
  const memberIds = Array.from({ length: count }, (_, i) => memberId(i));
  for (let i = 0; i < count; i += 1) {
    await redis.send(preferences, 'HSET', preferences, memberId(i), encodeEntity(preferencesOf(i)));
    await redis.send(preferenceChanges, 'ZADD', preferenceChanges, String(i + 1), memberId(i));
  }
  const store = createPreferenceStore(redis);
  const compactOf = createCompacts(store);
  const at = Date.now();
  const ours = async (n: number) => {
    const isWanted = (await compactOf(neighbourhoodId)).wanting(happening(n), at);
    return memberIds.filter(isWanted).length;
  };
  const peer = async (n: number) => {
    const all = await store.getMany(neighbourhoodId, memberIds);
    return [...all.values()].filter((one) => wants(one, happening(n), at)).length;
  };
  // Also that both find the same; and what a worker reads when it starts.
  if ((await ours(1)) !== (await peer(1))) throw new Error('the two disagree');

  const found: { ours: number; peers: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = round * entries;
    const mine = await cpuOf(async () => {
      for (let n = 0; n < entries; n += 1) await ours(first + n);
    });
    const theirs = await cpuOf(async () => {
      await peer(first);
    });
    found.push({ ours: mine / entries, peers: theirs });
  }
  await redis.close();
  await server.stop();
  const peers = found.map((round) => round.peers);
  const own = found.map((round) => round.ours);
  return {
    rows: [
      {
        figure: 'CPU to find whom an entry concerns, 5,000 members with 3 places each',
        ours: `${median(own).toFixed(2)} ms`,
        peer: 'loading what every member chose',
        peerValue: `${median(peers).toFixed(0)} ms`,
        ratio: medianRatio(own, peers),
        aim: '< 0.05',
      },
    ],
  };
}
