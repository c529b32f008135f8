import { coverTimer, swapTimer } from '../../server/shifts/ask-timers.ts';
import { leaverTimer } from '../../server/shifts/leaver-timer.ts';
import { seriesTimer } from '../../server/shifts/series-store.ts';
import { reminderTimer, shiftTimer } from '../../server/shifts/shift-timers.ts';
import { neighbourhoodKeys } from '../../server/redis/keys.ts';
import { runDue } from '../../server/timers/timers.ts';
import type { Problem } from '../../shared/errors.ts';
import type { LogPage } from '../../shared/events.ts';
import type { Joined } from '../../shared/neighbourhoods.ts';
import type { Snapshot } from '../../shared/protocol.ts';
import type { SeriesCommand, Shift, ShiftCommand, ShiftPage, ShiftSeries } from '../../shared/shifts.ts';
import { phoneOf, type TestApp } from './app.ts';
import { inside, type Phone } from './phone.ts';

const hour = 3600 * 1000;
const day = 24 * hour;

export type Neighbour = { phone: Phone; member: Joined['member'] };
type Changed = { shift: Shift; seq: number } & Problem;
type SeriesAnswer = { series: ShiftSeries; seq: number } & Problem;

export const meeting = { position: inside, words: 'At the bakery' };

/** Neighbours who want patrols, and have been there for so many days; `Ada` founded it and coordinates. */
export async function rotaScene(test: TestApp, { others = 3, days = 40, over = {} } = {}) {
  const founder = phoneOf(test);
  const { neighbourhood, member } = await founder.found(over);
  const { id } = neighbourhood;
  const all: Neighbour[] = [{ phone: founder, member }];
  for (let i = 1; i <= others; i += 1) {
    const phone = phoneOf(test);
    const { code } = await founder.invite(id);
    all.push({ phone, member: (await phone.accept(code, `Neighbour ${i}`)).member });
  }
  test.clock.now += days * day;
  const base = `/api/neighbourhoods/${id}`;
  const agree = (who: Neighbour, word = 'agree') => who.phone.send('PUT', `${base}/patrol-word`, { word });
  for (const who of all.slice(0, 3)) await who.phone.must(agree(who));
  const at = () => test.clock.now;
  const command = (more: Partial<ShiftCommand> = {}): Record<string, unknown> => ({
    ...{ startsAt: at() + 3 * day, endsAt: at() + 3 * day + 2 * hour, meeting, needed: 2, places: 3 },
    ...more,
  });
  const path = (shift: Shift | string, rest = '') =>
    `${base}/shifts/${typeof shift === 'string' ? shift : shift.id}${rest}`;
  const timers = {
    shift: shiftTimer(test.deps),
    reminder: reminderTimer(test.deps),
    swap: swapTimer(test.deps),
    cover: coverTimer(test.deps),
    series: seriesTimer(test.deps),
    memberLeft: leaverTimer(test.deps),
  };
  return {
    ...{ id, base, founder, all, agree, command, path },
    who: (i: number): Neighbour => {
      const found = all[i];
      if (found === undefined) throw new Error(`there is no neighbour ${i}`);
      return found;
    },
    plan: async (more: Partial<ShiftCommand> = {}) =>
      (await founder.must(founder.post<Changed>(`${base}/shifts`, command(more)))).shift,
    planSeries: async (series: Partial<SeriesCommand>) =>
      (
        await founder.must(
          founder.post<SeriesAnswer>(`${base}/shift-series`, { meeting, needed: 2, places: 3, ...series }),
        )
      ).series,
    join: (who: Neighbour, shift: Shift, more: Record<string, unknown> = {}) =>
      who.phone.post<Changed>(path(shift, '/sign-ups'), more),
    leave: (who: Neighbour, shift: Shift) => who.phone.post<Changed>(path(shift, '/leaving')),
    change: (shift: Shift, more: Partial<ShiftCommand>) =>
      founder.post<Changed>(path(shift, '/changes'), command({ ...planOf(shift), ...more })),
    cancel: (shift: Shift, reason = 'A storm is coming.') =>
      founder.post<Changed>(path(shift, '/cancellation'), { reason }),
    shift: async (shift: Shift | string) =>
      (await founder.must(founder.get<{ shift: Shift }>(path(shift)))).shift,
    shifts: async (from: number, to: number) =>
      (await founder.must(founder.get<ShiftPage>(`${base}/shifts?from=${from}&to=${to}`))).shifts,
    snapshot: (who: Neighbour) => who.phone.must(who.phone.get<Snapshot>(`${base}/snapshot`)),
    head: () => test.deps.eventLog.head(id),
    entries: async () => (await founder.must(founder.get<LogPage>(`${base}/log?limit=500`))).entries,
    /** What the server does on its own by now. */
    pass: async () => {
      const { partition } = neighbourhoodKeys(id);
      await runDue(
        { redis: test.redis, logger: test.deps.logger, now: () => test.clock.now },
        partition,
        timers,
      );
    },
  };
}

function planOf({ startsAt, endsAt, meeting, route, needed, places, kit, note }: Shift): ShiftCommand {
  return { startsAt, endsAt, meeting, route, needed, places, kit, note };
}
