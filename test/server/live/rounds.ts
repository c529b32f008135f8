import { expect } from 'vitest';
import { newId } from '../../../server/ids.ts';
import { join, start } from '../../../server/patrols/patrol.ts';
import { changedPatrol } from '../../../server/patrols/store.ts';
import type { LogEvent } from '../../../shared/events.ts';
import { defaultCheckIn, type Patrol, type PatrolPositions } from '../../../shared/patrols.ts';
import { eventually } from '../../support/eventually.ts';
import type { LiveServer } from './live-server.ts';
import type { Stage, TestPhone } from './stage.ts';

export const here = { lat: 45.761, lng: 4.835 };
export const north = (metres: number) => ({ lat: here.lat + metres / 111_195, lng: here.lng });
/** Frames as soon as there is something. */
export const tickTimes = { exact: 20, coarse: 20 };

type Decided = { ok: boolean } | { ok: true; patrol: Patrol; event: LogEvent };

/** Neighbours in a room, and the rounds that they walk. */
export function useRounds(stage: Stage, clock: { now: number }) {
  /** A neighbour with an open map that is in the room. */
  async function neighbour(live: LiveServer, who?: Awaited<ReturnType<typeof stage.place.enrol>>) {
    const own = who ?? (await stage.place.enrol());
    const phone = await stage.phone(live, own.cookie);
    const frames: PatrolPositions[] = [];
    phone.socket.on('patrol:positions', (frame) => void frames.push(frame));
    const enter = async () => {
      const head = await stage.place.log.head(stage.place.id);
      return await phone.join(head?.seq ?? 0);
    };
    expect(await enter()).toMatchObject({ ok: true });
    const places = () =>
      frames.flatMap(({ exact, positions }) => positions.map((one) => ({ exact, ...one })));
    return { ...own, ...phone, frames, places, enter };
  }

  async function put(before: Patrol | null, decided: Decided): Promise<Patrol> {
    if (!('patrol' in decided)) throw new Error('refused');
    const { patrol, event } = decided;
    const change = changedPatrol(stage.place.id, before, patrol, clock.now);
    const committed = await stage.place.log.commit({
      neighbourhoodId: stage.place.id,
      event,
      at: clock.now,
      ...change,
      body: {},
    });
    expect(committed).not.toBeNull();
    return patrol;
  }

  async function runPatrol(memberIds: readonly string[]): Promise<Patrol> {
    const [first = '', ...others] = memberIds;
    const member = {
      id: first,
      version: 1,
      name: '',
      role: 'volunteer',
      status: 'active',
      joinedAt: 0,
    } as const;
    const plan = {
      shiftId: null,
      route: null,
      checkIn: defaultCheckIn,
      wanted: true,
      here: true,
      walking: false,
      open: 0,
    };
    let patrol = await put(null, start({ ...plan, id: newId(), member, at: clock.now }));
    for (const memberId of others)
      patrol = await put(patrol, join({ patrol, memberId, walking: false, at: clock.now }, null));
    return patrol;
  }

  const tell = (
    { socket }: Pick<TestPhone, 'socket'>,
    patrolId: string,
    position: object,
    over: object = {},
  ) =>
    void socket.emit('patrol:position', {
      neighbourhoodId: stage.place.id,
      patrolId,
      position,
      accuracy: 8,
      at: clock.now,
      ...over,
    } as never);

  /** Walks north from `here`, a position every half minute: a device that says more in a moment is cut off. */
  async function walkNorth(
    who: Pick<TestPhone, 'socket'> & { places: () => unknown[] },
    patrolId: string,
    from: number,
    to: number,
  ): Promise<void> {
    for (let metres = from; metres <= to; metres += 90) {
      clock.now += 30_000;
      const before = who.places().length;
      tell(who, patrolId, north(metres));
      await eventually(() => who.places().length > before, { what: 'my own position' });
    }
  }

  return { neighbour, put, runPatrol, tell, walkNorth };
}
