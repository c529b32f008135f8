import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, expect, it } from 'vitest';
import { connectRedis } from '../../server/redis/client.ts';
import { coarsePosition } from '../../shared/geo/grid.ts';
import type { PatrolPositions } from '../../shared/patrols.ts';
import { phoneAt } from '../support/app.ts';
import { type Device, openMap } from '../support/device.ts';
import { eventually } from '../support/eventually.ts';
import { comeAlong, startPatrol, volunteer, wantPatrols } from '../support/patrol-scene.ts';
import { street } from '../support/phone.ts';
import { startProcess } from '../support/process.ts';

const ends: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

// Digits that nothing else holds.
const canary = { lat: 45.761_379_264_871, lng: 4.835_271_836_459 };

/** Redis' own geo score: 52 bits, interleaved, latitudes to Mercator's limit. */
function geoScore({ lat, lng }: { lat: number; lng: number }): bigint {
  const limit = 85.051_128_78;
  const part = (value: number, most: number) => BigInt(Math.floor(((value + most) / (2 * most)) * 2 ** 26));
  const [y, x] = [part(lat, limit), part(lng, 180)];
  let score = 0n;
  for (let bit = 0n; bit < 26n; bit += 1n) {
    score |= ((y >> bit) & 1n) << (2n * bit);
    score |= ((x >> bit) & 1n) << (2n * bit + 1n);
  }
  return score;
}

/** The geohash of a place. */
function geohash({ lat, lng }: { lat: number; lng: number }, length: number): string {
  const letters = '0123456789bcdefghjkmnpqrstuvwxyz';
  const spans = [
    { low: -180, high: 180, at: lng },
    { low: -90, high: 90, at: lat },
  ];
  let text = '';
  for (let i = 0; text.length < length; i += 5) {
    let letter = 0;
    for (let bit = 0; bit < 5; bit += 1) {
      const span = spans[(i + bit) % 2];
      if (span === undefined) continue;
      const middle = (span.low + span.high) / 2;
      const up = span.at >= middle;
      if (up) span.low = middle;
      else span.high = middle;
      letter = letter * 2 + (up ? 1 : 0);
    }
    text += letters[letter] ?? '';
  }
  return text;
}

/** Every way in which a place could stand in a file. */
function tracesOf(place: { lat: number; lng: number }): Buffer[] {
  const texts = [place.lat, place.lng].flatMap((degrees) =>
    // Whole, shortened as far as it still says which house, and without the point, as in scaled integers.
    [12, 9, 7, 6, 5].flatMap((figures) => {
      const text = degrees.toFixed(12).slice(0, degrees.toFixed(12).indexOf('.') + 1 + figures);
      return [text, text.replace('.', '')];
    }),
  );
  const doubles = [place.lat, place.lng].flatMap((degrees) => {
    const [little, big] = [Buffer.alloc(8), Buffer.alloc(8)];
    little.writeDoubleLE(degrees);
    big.writeDoubleBE(degrees);
    return [little, big];
  });
  const score = geoScore(place);
  const words = [...texts.filter((text) => text.length >= 6), geohash(place, 8), String(score)];
  const base64 = Buffer.from(JSON.stringify(place)).toString('base64').slice(8, 40);
  return [...words, base64].map((text) => Buffer.from(text)).concat(doubles);
}

async function bytesOf(dir: string): Promise<Buffer> {
  const names = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = names.filter((name) => name.isFile());
  return Buffer.concat(await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name)))));
}

it(
  '[RN11] no byte on the disk tells where a round was, though server and Redis were killed in the middle of it',
  { timeout: 120_000 },
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'vigie-trace-'));
    ends.push(() => rm(dataDir, { recursive: true, force: true }));
    const server = await startProcess({ DATA_DIR: dataDir });
    ends.push(() => server.stop());
    const { id, founder, founderMember, neighbours } = await street(() => phoneAt(server.url), ['Vi', 'Ben']);
    const [vi, ben] = neighbours;
    if (!vi || !ben) throw new Error('nobody lives here');
    await volunteer(founder, id, vi.member.id);
    const redis = await connectRedis(
      { kind: 'socket', path: await socketIn(dataDir) },
      pino({ level: 'silent' }),
    );
    ends.push(() => redis.close());
    await wantPatrols(redis, id, [founderMember.id, vi.member.id, ben.member.id]);
    // The start is told where it is too.
    const { id: patrolId } = await startPatrol(vi.phone, id, { position: canary });
    await comeAlong(vi.phone, founder, id, patrolId);

    const walker = openMap(server.url, vi.phone, id);
    const partner = openMap(server.url, founder, id);
    ends.push(
      () => walker.close(),
      () => partner.close(),
    );
    const seen: PatrolPositions[] = [];
    partner.socket.on('patrol:positions', (frame) => void seen.push(frame));
    const walk = async (device: Device) => {
      const before = seen.length;
      await eventually(() => device.state === 'live' && partner.state === 'live', { what: 'both maps' });
      await eventually(
        () => {
          device.socket.emit('patrol:position', {
            neighbourhoodId: id,
            patrolId,
            position: canary,
            accuracy: 5,
            at: Date.now(),
          });
          return new Promise<boolean>((resolve) => {
            setTimeout(() => resolve(seen.slice(before).some(({ positions }) => positions.length > 0)), 300);
          });
        },
        { what: 'a position at the partner’s map' },
      );
    };
    await walk(walker);
    expect(seen.at(-1)).toMatchObject({ exact: true, positions: [{ position: canary }] });
    await server.kill();
    await server.start();
    await walk(walker);
    const info = String(await redis.send(id, 'INFO', 'server'));
    process.kill(Number(/process_id:(\d+)/u.exec(info)?.[1]), 'SIGKILL');
    await eventually(async () => (await fetch(`${server.url}/health/ready`)).ok, { within: 60_000 });
    await walk(walker);
    await founder.must(founder.post(`/api/neighbourhoods/${id}/patrols/${patrolId}/end`));
    await server.kill();

    const bytes = await bytesOf(dataDir);
    // The round is there, and what is searched for would be found.
    expect(bytes.includes(patrolId)).toBe(true);
    const planted = Buffer.concat([bytes, Buffer.from(JSON.stringify(canary))]);
    expect(tracesOf(canary).some((trace) => planted.includes(trace))).toBe(true);
    const found = [canary, coarsePosition(canary)].flatMap((place) =>
      tracesOf(place).filter((trace) => bytes.includes(trace)),
    );
    expect(found.map(String)).toEqual([]);
  },
);

/** The embedded Redis' socket. */
async function socketIn(dataDir: string): Promise<string> {
  const names = await readdir(dataDir, { recursive: true, withFileTypes: true });
  const socket = names.find((name) => name.isSocket());
  if (socket === undefined) throw new Error('there is no socket');
  return join(socket.parentPath, socket.name);
}
