import type { EventLog, Write } from '../eventlog/eventlog.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asStrings } from '../redis/reply.ts';

const day = 24 * 3600 * 1000;
const logDays = 90;
const mostEntries = 100_000;
const batch = 200;
const invitesKeptDays = 30;

type RetentionDeps = { redis: Redis; eventLog: EventLog; now: () => number };

/** Forgets incidents whose time has come, a batch a commit, told as one entry each. */
async function forgetIncidents(
  { redis, eventLog, now }: RetentionDeps,
  neighbourhoodId: string,
): Promise<void> {
  const keys = neighbourhoodKeys(neighbourhoodId);
  for (;;) {
    const due = [
      'ZRANGE',
      keys.incidentExpiry,
      '-inf',
      String(now()),
      'BYSCORE',
      'LIMIT',
      '0',
      String(batch),
    ];
    const ids = asStrings(await redis.send(keys.incidentExpiry, ...due));
    if (ids.length === 0) return;
    const writes: Write[] = [
      ['HDEL', keys.incidents, ...ids],
      ['HDEL', keys.incidentAuthors, ...ids],
      ['ZREM', keys.incidentTimes, ...ids],
      ['ZREM', keys.incidentOpen, ...ids],
      ['ZREM', keys.incidentPlaces, ...ids],
      ['ZREM', keys.incidentExpiry, ...ids],
      ...ids.flatMap((id): Write[] => [
        ['UNLINK', keys.incidentLife(id)],
        ['UNLINK', keys.incidentUpdates(id)],
        ['UNLINK', keys.incidentFollowing(id)],
        ['UNLINK', keys.incidentHistory(id)],
        ['UNLINK', keys.reach(id)],
      ]),
    ];
    await eventLog.commit({
      neighbourhoodId,
      event: { type: 'incidents.forgotten', by: null, incidentIds: ids },
      at: now(),
      guards: [],
      writes,
      body: {},
    });
  }
}

/** Drops entries older than the log's life, and beyond its length; the newest stays, since it holds the head. */
async function trimLog({ redis, eventLog, now }: RetentionDeps, neighbourhoodId: string): Promise<void> {
  const { log } = neighbourhoodKeys(neighbourhoodId);
  const head = await eventLog.head(neighbourhoodId);
  if (head === null) return;
  const oldest = now() - logDays * day;
  const tooOld = async (seq: number) => {
    const [entry] = await eventLog.read(neighbourhoodId, seq - 1, seq);
    return entry !== undefined && (JSON.parse(entry.json) as { at: number }).at < oldest;
  };
  let low = Math.max(await eventLog.first(neighbourhoodId), head.seq - mostEntries + 1);
  let high = head.seq;
  // Entries are in the order of their times but for clock jumps, which retention can bear.
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await tooOld(middle)) low = middle + 1;
    else high = middle;
  }
  await redis.send(log, 'XTRIM', log, 'MINID', `0-${low}`);
}

async function dropInvites({ redis, now }: RetentionDeps, neighbourhoodId: string): Promise<void> {
  const keys = neighbourhoodKeys(neighbourhoodId);
  const before = String(now() - invitesKeptDays * day);
  const ids = asStrings(
    await redis.send(keys.inviteExpiry, 'ZRANGE', keys.inviteExpiry, '-inf', before, 'BYSCORE'),
  );
  if (ids.length === 0) return;
  await redis.send(keys.invites, 'HDEL', keys.invites, ...ids);
  await redis.send(keys.inviteExpiry, 'ZREM', keys.inviteExpiry, ...ids);
}

/**
 * Everything that grows has an end: once a day for each neighbourhood.
 * @param others what other features have to forget, once the incidents are gone
 */
export function retention(
  deps: RetentionDeps,
  others: readonly ((neighbourhoodId: string) => Promise<void>)[] = [],
) {
  return async (neighbourhoodId: string): Promise<number> => {
    await forgetIncidents(deps, neighbourhoodId);
    await trimLog(deps, neighbourhoodId);
    await dropInvites(deps, neighbourhoodId);
    for (const forget of others) await forget(neighbourhoodId);
    return deps.now() + day;
  };
}
