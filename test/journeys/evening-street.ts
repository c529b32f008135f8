import type { Position } from '../../shared/geo.ts';
import type { LogEntry } from '../../shared/events.ts';
import type { PatrolPosition, PatrolPositions } from '../../shared/patrols.ts';
import type { Snapshot } from '../../shared/protocol.ts';
import type { PushMessage } from '../../shared/push.ts';
import type { Shift } from '../../shared/shifts.ts';
import { pushKeys } from '../server/push/seed.ts';
import { realPath } from '../shared/geo/real-data.ts';
import { phoneAt } from '../support/app.ts';
import type { ClockedSite } from '../support/clocked-site.ts';
import { type Device, openMap } from '../support/device.ts';
import { eventually } from '../support/eventually.ts';
import { volunteer } from '../support/patrol-scene.ts';
import { type Phone, street } from '../support/phone.ts';
import { trackOf } from '../support/tracks.ts';

const day = 24 * 3600 * 1000;
const names = ['Ada', 'Vi', 'Wes', 'Max', 'Rose', 'Otto'] as const;
export type Name = (typeof names)[number];

/** One of the six with their phone: what they ask, what their open map hears, and what is pushed to them. */
export type Neighbour = {
  name: Name;
  id: string;
  phone: Phone;
  subscriptionId: string;
  map: Device;
  /** All that came live, over all connections. */
  entries: LogEntry[];
  /** Where walkers were, and when this phone heard of it. */
  frames: (PatrolPositions & { heardAt: number })[];
};

/**
 * The places of a round of so many steps: a recorded jog of 4.4 km and half an hour, walked as slowly as the evening is
 * long; where the file is not there, as long a way out and back.
 */
export function wayOf(steps: number): Position[] {
  const file = realPath('tracks/jog-visnjan.gpx');
  const whole =
    file === null
      ? Array.from({ length: 400 }, (_, i) => ({
          lat: 45.2732 + 0.01 * Math.sin((i / 400) * Math.PI),
          lng: 13.7151 + i * 0.000_03,
        }))
      : trackOf(file).map(({ position }) => position);
  return Array.from({ length: steps }, (_, i) => {
    const place = whole[Math.round((i * (whole.length - 1)) / (steps - 1))];
    if (place === undefined) throw new Error('the way is too short');
    return place;
  });
}

/** A square of some kilometres around a place. */
function around({ lat, lng }: Position) {
  const [south, north, west, east] = [lat - 0.02, lat + 0.02, lng - 0.03, lng + 0.03];
  const corners = [west, east, east, west, west].map((x, i) => [
    x,
    i === 0 || i === 1 || i === 4 ? south : north,
  ]);
  return { type: 'Polygon', coordinates: [corners] };
}

export type Evening = Awaited<ReturnType<typeof eveningStreet>>;

/**
 * Four volunteers, of whom Ada coordinates, and two residents, members for 40 days, who want patrols; each has push and
 * an open map.
 */
export async function eveningStreet(site: ClockedSite, home: Position) {
  const over = { boundary: around(home), timeZone: 'Europe/Zagreb' };
  const { id, founder, founderMember, neighbours } = await street(
    () => phoneAt(site.url),
    names.slice(1),
    over,
  );
  const base = `/api/neighbourhoods/${id}`;
  for (const { member } of neighbours.slice(0, 3)) await volunteer(founder, id, member.id);
  await site.until(id, site.clock.now + 40 * day, 40 * day);

  const look = (who: Omit<Neighbour, 'map'>): Neighbour => {
    const map = openMap(site.url, who.phone, id);
    map.socket.on('log:entries', ({ entries }) => void who.entries.push(...entries));
    map.socket.on('patrol:positions', (frame) => void who.frames.push({ ...frame, heardAt: site.clock.now }));
    return Object.assign(who, { map });
  };
  const joined = [{ phone: founder, member: founderMember }, ...neighbours];
  const all = await Promise.all(
    joined.map(async ({ phone, member }, i) => {
      const { id: subscriptionId, endpoint, keys } = site.service.newSubscription();
      await phone.must(phone.send('PUT', '/api/push/subscription', { endpoint, keys }));
      await phone.must(phone.send('PUT', `${base}/patrol-word`, { word: 'agree' }));
      const name = names[i] ?? 'Otto';
      return look({ name, id: member.id, phone, subscriptionId, entries: [], frames: [] });
    }),
  );
  const who = (name: Name): Neighbour => {
    const found = all.find((one) => one.name === name);
    if (found === undefined) throw new Error(`${name} does not live here`);
    return found;
  };
  const live = () =>
    eventually(() => all.every(({ map }) => map.state === 'live'), { what: 'six open maps' });
  await live();

  const nameOf = (memberId: string | null) => all.find((one) => one.id === memberId)?.name ?? null;
  /** What was pushed to each of the six, in order: all that they were told in this evening. */
  const pushes = (name: Name): string[] =>
    site.service.received.flatMap(({ subscriptionId, payload }) => {
      if (subscriptionId !== who(name).subscriptionId) return [];
      const message = JSON.parse(payload) as PushMessage;
      return [message.kind === 'notice' ? message.notice : message.kind];
    });

  return {
    ...{ id, base, all, who, nameOf, pushes, live },
    /** Asks on somebody's phone, and demands that it is done. */
    post: async <T = unknown>(name: Name, path: string, body: object = {}) =>
      await who(name).phone.must(who(name).phone.post<T>(base + path, body)),
    /** Asks for what is refused. @returns how */
    refused: async (name: Name, path: string, body: object = {}) =>
      (await who(name).phone.post(base + path, body)).status,
    snapshot: async (name: Name) =>
      await who(name).phone.must(who(name).phone.get<Snapshot>(`${base}/snapshot`)),
    /** Resolves when this is the newest that each of these was told, so that what comes next comes after it. */
    told: (what: string, expected: readonly Name[]) =>
      eventually(() => expected.every((name) => pushes(name).at(-1) === what), {
        what: `${what} to ${expected.join(', ')}`,
      }),
    /** Resolves when nothing that was made due waits to be sent. */
    drained: () =>
      eventually(async () => (await pushKeys(site.redis)).every((key) => !key.endsWith(':push:due')), {
        what: 'an empty queue',
      }),
    /** All six maps have heard of it, live. */
    everyMap: (wanted: (entry: LogEntry) => boolean, what: string) =>
      eventually(() => all.every(({ entries }) => entries.some(wanted)), { what: `${what} on six maps` }),
    /** Who comes to a shift, as somebody's own phone says it. */
    coming: ({ signUps }: Shift) => signUps.map(({ memberId }) => nameOf(memberId)),
    places: (name: Name): (PatrolPosition & { exact: boolean; heardAt: number })[] =>
      who(name).frames.flatMap(({ exact, heardAt, positions }) =>
        positions.map((one) => ({ exact, heardAt, ...one })),
      ),
    /** Where walkers are at this moment, as their map is told when it opens. */
    async sees(name: Name): Promise<PatrolPosition[] | null> {
      const { map, phone } = who(name);
      const { cursor } = await phone.must(phone.get<Snapshot>(`${base}/snapshot`));
      const answer = await map.socket.emitWithAck('room:join', { neighbourhoodId: id, cursor });
      return 'patrolPositions' in answer ? (answer.patrolPositions?.positions ?? []) : null;
    },
    /** The phone was put away and taken out again: another connection. */
    async reopen(name: Name): Promise<void> {
      who(name).map.close();
      look(who(name));
      await live();
    },
    close: () => all.forEach(({ map }) => map.close()),
  };
}
