import { describe, expect, it } from 'vitest';
import { newId } from '../../../server/ids.ts';
import { end, join, leave } from '../../../server/patrols/patrol.ts';
import { createPatrolStore } from '../../../server/patrols/store.ts';
import { encodeEntity } from '../../../server/eventlog/eventlog.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { coarsePosition } from '../../../shared/geo/grid.ts';
import { coarseDelayMs, patrolMs } from '../../../shared/patrols.ts';
import { eventually } from '../../support/eventually.ts';
import { beganMs } from '../../../server/live/trail.ts';
import { here, north, tickTimes, useRounds } from './rounds.ts';
import { useStage } from './stage.ts';

const stage = useStage();
const clock = { now: Date.now() };
const now = () => clock.now;
const { neighbour, put, runPatrol, tell, walkNorth } = useRounds(stage, clock);

describe('walkers’ positions', () => {
  it('[RN7] reach those on duty exactly, on every process, themselves too; a coordinator at home no more than anybody', async () => {
    const [one, two] = [await stage.serve({ now, tickTimes }), await stage.serve({ now, tickTimes })];
    const [vi, wes, far] = [await neighbour(one), await neighbour(one), await neighbour(two)];
    const home = await neighbour(two);
    const keys = neighbourhoodKeys(stage.place.id);
    const coordinator = {
      id: home.memberId,
      version: 1,
      name: 'Ada',
      role: 'coordinator',
      status: 'active',
      joinedAt: 1,
    };
    await stage.redis.send(keys.members, 'HSET', keys.members, home.memberId, encodeEntity(coordinator));
    const { id } = await runPatrol([vi.memberId, wes.memberId]);
    const other = await runPatrol([far.memberId, (await stage.place.enrol()).memberId]);
    await eventually(() => far.entries.length >= 4 && vi.entries.length >= 4);
    tell(vi, id, here, { heading: 90.4 });
    const told = {
      exact: true,
      patrolId: id,
      memberId: vi.memberId,
      position: here,
      accuracy: 8,
      heading: 90,
      at: clock.now,
    };
    await eventually(() => vi.places().length > 0 && wes.places().length > 0 && far.places().length > 0);
    for (const phone of [vi, wes, far]) expect(phone.places().at(-1)).toEqual(told);
    // Whoever comes later gets the newest, if they may.
    const { exact: _, ...position } = told;
    expect(await wes.enter()).toMatchObject({
      patrolPositions: { exact: true, whole: true, positions: [position] },
    });
    expect(await home.enter()).toMatchObject({ patrolPositions: { exact: false, positions: [] } });

    // Off duty, exactly no more; on duty, exactly at once.
    await put(other, end(other, far.memberId, clock.now));
    await eventually(() => far.frames.at(-1)?.exact === false);
    expect(far.frames.at(-1)).toMatchObject({ whole: true, positions: [] });
    clock.now += 1000;
    await runPatrol([home.memberId, far.memberId]);
    await eventually(() => home.frames.at(-1)?.exact === true);
    expect(home.places()).toEqual([told]);
  });

  it('[RN6] are taken of one’s own running patrol only, once a second, and where somebody can be', async () => {
    const live = await stage.serve({ now, tickTimes });
    const [vi, wes, ben] = [await neighbour(live), await neighbour(live), await neighbour(live)];
    const stranger = await stage.phone(live, (await stage.place.enrol()).cookie);
    const waiting = await runPatrol([vi.memberId]);
    await eventually(() => vi.entries.length >= 1);
    // It gathers still.
    tell(vi, waiting.id, here);
    await vi.enter();
    const patrol = await put(
      waiting,
      join({ patrol: waiting, memberId: wes.memberId, walking: false, at: clock.now }, null),
    );
    const { id } = patrol;
    await eventually(() => vi.entries.at(-1)?.type === 'patrol.joined');
    for (const [phone, patrolId, over] of [
      // another's, from outside the room, none, malformed, by a clock that is wrong
      [ben, id, {}],
      [stranger, id, {}],
      [vi, newId(), {}],
      [vi, id, { position: { lat: 91, lng: 0 } }],
      [vi, id, { accuracy: -1 }],
      [vi, id, { more: true }],
      [vi, id, { at: clock.now - 3_600_000 }],
      [vi, id, { at: clock.now + 3_600_000 }],
    ] as const) {
      tell(phone, patrolId, here, over);
    }
    clock.now += 2000;
    // Twice in the same moment: the first counts.
    tell(vi, id, here);
    tell(vi, id, north(5));
    await eventually(() => wes.places().length === 1);
    // A kilometre further within the next second, then on foot.
    clock.now += 1000;
    tell(vi, id, north(1000));
    await vi.enter();
    // Nor by saying that it might be anywhere.
    clock.now += 1000;
    tell(vi, id, north(1000), { accuracy: 100_000 });
    await vi.enter();
    clock.now += 1000;
    tell(vi, id, north(10));
    await eventually(() => wes.places().length === 2);
    expect(wes.places().map(({ position }) => position)).toEqual([here, north(10)]);

    // Not after the end, nor after four hours.
    await put(patrol, end(patrol, wes.memberId, clock.now));
    await eventually(() => vi.entries.at(-1)?.type === 'patrol.ended');
    clock.now += 1000;
    tell(vi, id, north(15));
    expect(await vi.enter()).toMatchObject({ patrolPositions: { positions: [] } });
    const late = await runPatrol([vi.memberId, wes.memberId]);
    await eventually(() => vi.entries.at(-1)?.type === 'patrol.joined');
    clock.now += patrolMs + 1;
    tell(vi, late.id, here);
    expect(await wes.enter()).toMatchObject({ patrolPositions: { exact: true, positions: [] } });
    expect(wes.places()).toHaveLength(2);
  });

  it('[RN7] are gone with who leaves, with the membership and with the end; that they came is noted, and never which', async () => {
    const live = await stage.serve({ now, tickTimes });
    const [vi, wes, ben] = [await neighbour(live), await neighbour(live), await neighbour(live)];
    const patrol = await runPatrol([vi.memberId, wes.memberId, ben.memberId]);
    await eventually(() => vi.entries.length === 3 && ben.entries.length === 3);
    for (const phone of [vi, wes, ben]) tell(phone, patrol.id, here);
    await eventually(() => new Set(ben.places().map(({ memberId }) => memberId)).size === 3);
    expect(await createPatrolStore(stage.redis).heardAt(stage.place.id, patrol.id)).toBe(clock.now);
    const seen = async () => {
      const answer = await ben.enter();
      return 'patrolPositions' in answer
        ? answer.patrolPositions?.positions.map(({ memberId }) => memberId)
        : null;
    };
    expect(await seen()).toHaveLength(3);
    await put(patrol, leave(patrol, wes.memberId, wes.memberId, clock.now));
    await eventually(() => ben.entries.at(-1)?.type === 'patrol.left');
    expect(new Set(await seen())).toEqual(new Set([vi.memberId, ben.memberId]));
    await stage.place.remove(vi.memberId);
    await eventually(() => ben.entries.at(-1)?.type === 'member.removed');
    expect(await seen()).toEqual([ben.memberId]);
  });

  it('[RN8] reach the others as a coarse cell, five minutes late, and not near the first and the last place', async () => {
    const live = await stage.serve({ now, tickTimes });
    const [vi, wes, ben] = [await neighbour(live), await neighbour(live), await neighbour(live)];
    const patrol = await runPatrol([vi.memberId, wes.memberId]);
    await eventually(() => vi.entries.length === 2 && ben.entries.length === 2);
    tell(vi, patrol.id, here);
    await eventually(() => vi.places().length === 1);
    await walkNorth(vi, patrol.id, 90, 630);
    clock.now += coarseDelayMs;
    await walkNorth(vi, patrol.id, 720, 720);
    await eventually(() => ben.places().length > 0);
    const cells = ben.places();
    expect(ben.frames.every(({ exact }) => !exact)).toBe(true);
    for (const { position, accuracy } of cells) {
      expect(coarsePosition(position)).toEqual(position);
      expect(accuracy).toBeUndefined();
    }
    const answer = await ben.enter();
    expect(answer).toMatchObject({
      patrolPositions: { exact: false, positions: [{ memberId: vi.memberId }] },
    });
    expect(Math.max(...cells.map(({ position }) => position.lat))).toBeLessThan(north(720 - 200).lat);
    await put(patrol, end(patrol, vi.memberId, clock.now));
    await eventually(() => ben.entries.at(-1)?.type === 'patrol.ended');
    const before = ben.places().length;
    clock.now += 10 * coarseDelayMs;
    expect(await ben.enter()).toMatchObject({ patrolPositions: { positions: [] } });
    expect(ben.places()).toHaveLength(before);
  });

  it('[RN8] nothing of the way reaches those whose server heard of it in the middle of the round', async () => {
    const live = await stage.serve({ now, tickTimes });
    const [vi, wes, ben] = [await neighbour(live), await neighbour(live), await neighbour(live)];
    const patrol = await runPatrol([vi.memberId, wes.memberId]);
    await eventually(() => vi.entries.length === 2 && ben.entries.length === 2);
    tell(vi, patrol.id, here);
    await eventually(() => vi.places().length === 1);
    clock.now += beganMs;
    await walkNorth(vi, patrol.id, 90, 90);
    // Where this one first hears of her she is far from home already; then she passes it again.
    const late = await stage.serve({ now, tickTimes });
    const [resident, partner] = [await neighbour(late), await neighbour(late, wes)];
    for (const metres of [450, 900, 450, 0, 450, 900]) await walkNorth(vi, patrol.id, metres, metres);
    for (const metres of [1350, 1800]) {
      clock.now += coarseDelayMs;
      await walkNorth(vi, patrol.id, metres, metres);
      await eventually(() => partner.places().at(-1)?.at === clock.now);
    }
    await eventually(() => ben.places().length > 0);
    expect(await resident.enter()).toMatchObject({ patrolPositions: { exact: false, positions: [] } });
    expect(resident.places()).toEqual([]);
  });

  it('[RN9] are not told to whom a walker blocks, nor those of their partners, and nobody is told that', async () => {
    const live = await stage.serve({ now, tickTimes });
    const [vi, wes, ben, cy] = [
      await neighbour(live),
      await neighbour(live),
      await neighbour(live),
      await neighbour(live),
    ];
    const key = neighbourhoodKeys(stage.place.id).patrolBlocking;
    const block = (version: number, blocked: string[]) =>
      stage.redis.send(
        key,
        'HSET',
        key,
        vi.memberId,
        encodeEntity({ version, blocked } as { version: number }),
      );
    await block(1, [ben.memberId]);
    const patrol = await runPatrol([vi.memberId, wes.memberId]);
    await runPatrol([ben.memberId, cy.memberId]);
    await eventually(() => [vi, wes, ben, cy].every(({ entries }) => entries.length === 4));
    tell(vi, patrol.id, here);
    tell(wes, patrol.id, north(3));
    await eventually(() => cy.places().length === 2 && wes.places().length === 2);
    expect(await cy.enter()).toMatchObject({ patrolPositions: { positions: [{}, {}] } });
    expect(await ben.enter()).toMatchObject({ patrolPositions: { exact: true, positions: [] } });
    expect(ben.places()).toEqual([]);
    expect(JSON.stringify([ben.entries, cy.entries, vi.entries])).not.toContain('block');

    // No longer blocked: all there is, with the next position.
    await block(2, []);
    clock.now += 1000;
    tell(vi, patrol.id, north(1));
    tell(wes, patrol.id, north(4));
    await eventually(() => new Set(ben.places().map(({ memberId }) => memberId)).size === 2);
    // Blocked again: what was seen is taken back.
    await block(3, [ben.memberId]);
    clock.now += 1000;
    tell(vi, patrol.id, north(2));
    tell(wes, patrol.id, north(5));
    await eventually(() => ben.frames.at(-1)?.whole === true && ben.frames.at(-1)?.positions.length === 0);

    // Nobody moves: a choice reaches what is known already, on every process.
    const far = await neighbour(await stage.serve({ now, tickTimes }), ben);
    await block(4, []);
    await stage.place.log.tellBlocking(stage.place.id, vi.memberId);
    await eventually(() => ben.frames.at(-1)?.positions.length === 2);
    clock.now += 1000;
    tell(vi, patrol.id, north(3));
    await eventually(() => far.places().length > 0);
    await block(5, [ben.memberId]);
    await stage.place.log.tellBlocking(stage.place.id, vi.memberId);
    for (const phone of [ben, far])
      await eventually(
        () => phone.frames.at(-1)?.whole === true && phone.frames.at(-1)?.positions.length === 0,
      );
    expect(await ben.enter()).toMatchObject({ patrolPositions: { exact: true, positions: [] } });
    expect(await cy.enter()).toMatchObject({ patrolPositions: { positions: [{}, {}] } });
  });

  it('[RN10] come in one frame a tick, however many walk', async () => {
    const live = await stage.serve({ now, tickTimes: { exact: 400, coarse: 400 } });
    const walkers = await Promise.all(Array.from({ length: 8 }, () => neighbour(live)));
    const patrol = await runPatrol(walkers.map(({ memberId }) => memberId));
    const [first] = walkers;
    if (first === undefined) throw new Error('nobody walks');
    await eventually(() => walkers.every(({ entries }) => entries.length === 8));
    const from = first.frames.length;
    for (let round = 0; round < 3; round += 1) {
      clock.now += 1000;
      walkers.forEach((one, i) => tell(one, patrol.id, north(i + round)));
      await eventually(() => {
        const newest = first.frames.slice(from).flatMap(({ positions }) => positions);
        return newest.filter(({ at }) => at === clock.now).length === walkers.length;
      });
    }
    // 24 positions: one frame at once, and then those of each tick together.
    expect(first.frames.length - from).toBeLessThanOrEqual(7);
  });
});
