import { checkInTimer, searchTimer } from '../../../server/patrols/home-safe-timers.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { runDue } from '../../../server/timers/timers.ts';
import type { LogEntry, LogPage } from '../../../shared/events.ts';
import type { CheckedIn, Search, SearchChanged, SearchDetail } from '../../../shared/home-safe.ts';
import type { Problem } from '../../../shared/errors.ts';
import type { Snapshot } from '../../../shared/protocol.ts';
import { phoneOf, type TestApp } from '../../support/app.ts';
import { comeAlong, startPatrol, volunteer, wantPatrols } from '../../support/patrol-scene.ts';
import { type Phone, street } from '../../support/phone.ts';

export const minute = 60_000;

/** Ada coordinates; Vi and Wes walk a round, Max and Ola another one if asked for, Res only lives there. */
export async function safetyScene(
  app: TestApp,
  options: { second?: boolean; checkIn?: object; timeZone?: string } = {},
) {
  const at = await street(() => phoneOf(app), ['Vi', 'Wes', 'Max', 'Ola', 'Res'], {
    ...(options.timeZone === undefined ? {} : { timeZone: options.timeZone }),
  });
  const [vi, wes, max, ola, res] = at.neighbours;
  if (!vi || !wes || !max || !ola || !res) throw new Error('nobody lives here');
  for (const { member } of [vi, wes, max, ola]) await volunteer(at.founder, at.id, member.id);
  await wantPatrols(app.redis, at.id, [at.founderMember.id, vi.member.id, wes.member.id]);
  const { id } = await startPatrol(
    vi.phone,
    at.id,
    options.checkIn === undefined ? {} : { checkIn: options.checkIn },
  );
  const patrol = await comeAlong(vi.phone, wes.phone, at.id, id);
  if (options.second === true) {
    const other = await startPatrol(max.phone, at.id);
    await comeAlong(max.phone, ola.phone, at.id, other.id);
  }
  const path = `/api/neighbourhoods/${at.id}`;
  const { partition } = neighbourhoodKeys(at.id);
  const timers = { 'check-in': checkInTimer(app.deps), search: searchTimer(app.deps) };

  const snapshot = (phone: Phone) => phone.must(phone.get<Snapshot>(`${path}/snapshot`));
  const log = async (): Promise<LogEntry[]> =>
    (await at.founder.must(at.founder.get<LogPage>(`${path}/log?limit=500`))).entries;
  return {
    ...{ id: at.id, patrol, path, timers, partition },
    ...{ ada: { phone: at.founder, member: at.founderMember }, vi, wes, max, ola, res },
    snapshot,
    log,
    /** Time goes on by so much, and the server's timers run. */
    pass: async (ms: number) => {
      app.clock.now += ms;
      await runDue(app.deps, partition, timers);
    },
    well: (phone: Phone, body: object = {}, headers?: Record<string, string>) =>
      phone.post<CheckedIn & Problem>(`${path}/patrols/${patrol.id}/check-ins`, body, headers),
    look: (phone: Phone, search: Search) =>
      phone.post<SearchChanged & Problem>(`${path}/searches/${search.id}/looking`),
    safe: (phone: Phone, search: Search, body: object = {}) =>
      phone.post<SearchChanged & Problem>(`${path}/searches/${search.id}/end`, body),
    detail: (phone: Phone, search: Search) =>
      phone.get<SearchDetail & Problem>(`${path}/searches/${search.id}`),
    /** What was told of check-ins and searches, in order. */
    steps: async () =>
      (await log()).flatMap((entry) => {
        if (entry.type === 'checkIn.changed') return [entry.checkIn.state];
        if (entry.type === 'search.begun' || entry.type === 'search.widened') return [entry.search.step];
        if (entry.type === 'search.changed')
          return [entry.search.ownerId === null ? 'as it was' : 'looked for'];
        return entry.type === 'search.ended' ? ['safe'] : [];
      }),
    /** The search that goes on, as this member sees it. */
    searchOf: async (phone: Phone): Promise<Search> => {
      const [search] = (await snapshot(phone)).searches;
      if (search === undefined) throw new Error('nobody is looked for');
      return search;
    },
  };
}

/** Time goes on until Vi is looked for; Wes says that they are well. */
export async function missed(scene: Awaited<ReturnType<typeof safetyScene>>) {
  const { pass, well, wes } = scene;
  await pass(29 * minute);
  await wes.phone.must(well(wes.phone));
  await pass(6 * minute);
  await pass(2 * minute);
}
