import type { Socket } from 'node:net';
import { neighbourhoodId } from './report.ts';
import { lngOf, patrolIdOf, startLat, step } from './walking.ts';
import { ask, frame, openTcp, ping, pong, upgradeRequest } from './wire.ts';

/**
 * The phones of a bench of patrols: walkers who tell where they are once a second, and watchers of whom some are looked
 * at. A process of its own, so that only the server's CPU is counted.
 */
export type ToWatchers =
  | { kind: 'connect'; way: string; port: number; phones: Phones[] }
  /** Walk and watch for so long. */
  | { kind: 'walk'; way: string; seconds: number };
/** `name` begins their cookies; those with `walking` tell where they are. */
export type Phones = {
  name: string;
  count: number;
  walking: number;
  join?: { neighbourhoodId: string; cursor: string };
};
export type Watched = {
  /** Positions told by walkers. */
  told: number;
  /** Positions that reached phones, by the name of the phones. */
  delivered: Record<string, number>;
  /** Milliseconds since the newest position that a watcher has was told by the walker's phone. */
  ages: { p50: number; p99: number; max: number };
};
export type FromWatchers = { kind: 'connected' } | ({ kind: 'watched' } & Watched);

type Watcher = { name: string; newest: Map<string, number>; heard: number };
type Way = { walkers: Walker[]; watchers: Watcher[]; counts: Map<string, { all: number; looked: number }> };
type Walker = { socket: Socket; patrolId: string; lng: number; steps: number };

/** So many of each name are looked at: reading all that reaches everybody would make this process the slowest. */
const looked = 25;
/** A little more than the second below which a server may drop one. */
const everyMs = 1010;
const lookEveryMs = 97;
const ways = new Map<string, Way>();
/** When each place was told of: no two are the same. */
const toldAt = new Map<string, number>();
const place = /"lat":([\d.]+),"lng":([\d.]+)/gu;
let watching = false;
let told = 0;

function look(socket: Socket, watcher: Watcher): void {
  let rest = '';
  socket.on('data', (chunk: Buffer) => {
    const text = rest + chunk.toString('latin1');
    let end = 0;
    for (const { 0: match, 1: lat, 2: lng, index } of text.matchAll(place)) {
      // A figure at the very end may go on in the next chunk.
      if (index + match.length === text.length) break;
      end = index + match.length;
      if (watching) watcher.heard += 1;
      const at = toldAt.get(`${lat},${lng}`);
      if (at !== undefined && lng !== undefined) watcher.newest.set(lng, at);
    }
    rest = text.slice(Math.max(end, text.length - 100));
  });
}

async function open(way: Way, port: number, phones: Phones, i: number): Promise<void> {
  const socket = await openTcp(port, (error) => {
    throw error;
  });
  const cookie = `vigie_session=${phones.name}${i}`;
  await ask(socket, upgradeRequest('/socket.io/?EIO=4&transport=websocket', cookie), '"sid"');
  await ask(socket, frame('40'), '40{');
  if (phones.join !== undefined)
    await ask(socket, frame(`420["room:join",${JSON.stringify(phones.join)}]`), '430[{"ok":true');
  socket.on('data', (chunk: Buffer) => {
    if (chunk.includes(ping)) socket.write(pong);
  });
  if (i < phones.walking) way.walkers.push({ socket, patrolId: patrolIdOf(i), lng: lngOf(i), steps: 0 });
  // Those who walk see the others late only by what holds up this process: look at those who do not.
  else if (i >= phones.count - looked) {
    const watcher = { name: phones.name, newest: new Map(), heard: 0 };
    way.watchers.push(watcher);
    look(socket, watcher);
  }
}

async function connectAll({ way: name, port, phones }: Extract<ToWatchers, { kind: 'connect' }>) {
  const way: Way = { walkers: [], watchers: [], counts: new Map() };
  ways.set(name, way);
  for (const some of phones) {
    way.counts.set(some.name, { all: some.count, looked: Math.min(looked, some.count - some.walking) });
    // Some at a time, since the listening queue is short.
    for (let done = 0; done < some.count; done += 100) {
      const batch = Math.min(100, some.count - done);
      await Promise.all(Array.from({ length: batch }, (_, i) => open(way, port, some, done + i)));
    }
  }
}

function tell(walker: Walker): void {
  walker.steps += 1;
  const position = { lat: Number((startLat + walker.steps * step).toFixed(7)), lng: walker.lng };
  const at = Date.now();
  toldAt.set(`${position.lat},${position.lng}`, performance.now());
  told += 1;
  const { patrolId } = walker;
  const message = { neighbourhoodId, patrolId, position, accuracy: 8, heading: 0, at };
  walker.socket.write(frame(`42["patrol:position",${JSON.stringify(message)}]`));
}

async function walk(way: Way, seconds: number): Promise<Watched> {
  const ages: number[] = [];
  const timers: NodeJS.Timeout[] = [];
  for (const watcher of way.watchers) {
    watcher.heard = 0;
    watcher.newest.clear();
  }
  told = 0;
  watching = true;
  // Spread over the second, as phones are.
  for (const [i, walker] of way.walkers.entries())
    timers.push(
      setTimeout(
        () => {
          tell(walker);
          timers.push(setInterval(() => tell(walker), everyMs));
        },
        (i / way.walkers.length) * everyMs,
      ),
    );
  timers.push(
    setInterval(() => {
      const now = performance.now();
      for (const { newest } of way.watchers) for (const at of newest.values()) ages.push(now - at);
    }, lookEveryMs),
  );
  await new Promise<void>((resolve) => void setTimeout(resolve, seconds * 1000));
  watching = false;
  for (const timer of timers) clearInterval(timer);
  const delivered: Record<string, number> = {};
  for (const [name, { all, looked: few }] of way.counts) {
    const heard = way.watchers.reduce((sum, one) => (one.name === name ? sum + one.heard : sum), 0);
    delivered[name] = (heard / few) * all;
  }
  const sorted = Float64Array.from(ages).toSorted();
  const quantile = (q: number) => sorted[Math.ceil(q * sorted.length) - 1] ?? Number.NaN;
  return { told, delivered, ages: { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) } };
}

const reply = (message: FromWatchers) => void process.send?.(message);
process.on('message', (message: ToWatchers) => {
  const run = async () => {
    if (message.kind === 'connect') {
      await connectAll(message);
      reply({ kind: 'connected' });
      return;
    }
    const way = ways.get(message.way);
    if (way === undefined) throw new Error(`no ${message.way}`);
    reply({ kind: 'watched', ...(await walk(way, message.seconds)) });
  };
  run().catch((error: unknown) => {
    throw error;
  });
});
