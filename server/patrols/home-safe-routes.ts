import type { Context } from 'hono';
import { Hono } from 'hono';
import {
  CheckedIn,
  type CheckIn,
  CheckInCommand,
  SafeCommand,
  type Search,
  SearchChanged,
  SearchDetail,
} from '../../shared/home-safe.ts';
import { Id } from '../../shared/text.ts';
import type { Guarded } from '../auth/guards.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { derivedId } from '../ids.ts';
import { describe, json, pathParam } from '../validate.ts';
import { refusal, roundCommands } from './command.ts';
import { givenCodes } from './given-code.ts';
import { type Hidden, searchSeenBy, walkersEver } from './hidden-search.ts';
import { find, look, needsCode, sayWell } from './home-safe.ts';
import { changedCheckIn, changedSearch, checkInId, createHomeSafeStore, hiding } from './home-safe-store.ts';

type Changed = { checkIn: CheckIn | null; search: Search | null; hidden: Hidden | null };

/** That walkers are well, and looking for those who do not say so; mounted behind the members' guard. */
export function homeSafeRoutes(deps: Deps) {
  const store = createHomeSafeStore(deps.redis);
  const codeOf = givenCodes(deps);
  const run = roundCommands(deps, 'homeSafe');
  const app = new Hono<Guarded>();

  async function stored(neighbourhoodId: string, { checkIn, search, hidden }: Changed) {
    const changes = [
      ...(checkIn === null ? [] : [changedCheckIn(neighbourhoodId, checkIn)]),
      ...(search === null ? [] : [changedSearch(neighbourhoodId, search)]),
      ...(search === null || hidden === null
        ? []
        : [hiding(neighbourhoodId, await store.withName(neighbourhoodId, search, hidden))]),
    ];
    return {
      guards: changes.flatMap(({ guards }) => guards),
      writes: changes.flatMap(({ writes }) => writes),
    };
  }

  /** The search of the path as the caller may see it. @throws AppError NOT_FOUND where they must not */
  async function seenOf(c: Context<Guarded>) {
    const { neighbourhoodId, member } = c.var;
    const found = await store.getSearch(neighbourhoodId, pathParam(Id, c.req.param('s')));
    const hidden = found && (await store.getHidden(neighbourhoodId, found.id));
    const search = found && searchSeenBy(found, hidden, member.id);
    if (search === null) throw new AppError('NOT_FOUND');
    return { search, hidden };
  }

  app.post(
    '/:n/patrols/:p/check-ins',
    describe('Say that I am well', 201, CheckedIn),
    json(CheckInCommand),
    async (c) => {
      const code = await codeOf(c, c.req.valid('json').code);
      const patrolId = pathParam(Id, c.req.param('p'));
      return await run(c, async ({ neighbourhoodId, actor, at }) => {
        const patrol = await store.getPatrol(neighbourhoodId, patrolId);
        if (patrol === null) throw new AppError('NOT_FOUND');
        const checkIn = await store.getCheckIn(neighbourhoodId, patrol, actor.id);
        if (checkIn === null)
          throw new AppError('FORBIDDEN', { issues: [{ path: '', message: 'only who walks it says so' }] });
        const { search, seen } = await store.searchFor(neighbourhoodId, actor.id);
        const decided = sayWell({
          ...{ patrol, checkIn, at, search: seen, unseen: search !== null && seen === null },
          ...code,
          id: derivedId('search', checkInId(patrolId, actor.id), String(checkIn.version)),
          // Whoever may stand beside them is not asked.
          staff: await store.getStaff(neighbourhoodId, patrol, actor.id, walkersEver(patrol)),
        });
        if (!decided.ok) throw refusal(decided);
        return {
          event: decided.event,
          ...(await stored(neighbourhoodId, decided)),
          body: { checkIn: decided.checkIn ?? checkIn },
        };
      });
    },
  );

  app.get('/:n/searches/:s', describe('A walker who is looked for', 200, SearchDetail), async (c) => {
    const { search, hidden } = await seenOf(c);
    const duress = hidden !== null && search.end === null && search.ownerId === c.var.member.id;
    return c.json({ search, duress });
  });

  app.post('/:n/searches/:s/looking', describe('Say that I look for them', 201, SearchChanged), (c) =>
    run(c, async ({ neighbourhoodId, actor, at }) => {
      const { search } = await seenOf(c);
      const decided = look(search, actor.id, at);
      if (!decided.ok) throw refusal(decided);
      return {
        event: decided.event,
        ...changedSearch(neighbourhoodId, decided.search),
        body: { search: decided.search },
      };
    }),
  );

  app.post(
    '/:n/searches/:s/end',
    describe('Say that they are safe', 201, SearchChanged),
    json(SafeCommand),
    async (c) => {
      const given = await codeOf(c, c.req.valid('json').code);
      return await run(c, async ({ neighbourhoodId, actor, at }) => {
        const { search } = await seenOf(c);
        const patrol = await store.getPatrol(neighbourhoodId, search.patrolId);
        if (patrol === null) throw new AppError('NOT_FOUND');
        const asked = needsCode(patrol, actor.id) && given.hasCodes;
        const check = asked ? (given.check ?? 'wrong') : 'right';
        const waiting = await store.getWaiting(neighbourhoodId, patrol, search.memberId);
        const decided = find({ actor, patrol, search, ...waiting, check, at });
        if (!decided.ok) throw refusal(decided);
        return {
          event: decided.event,
          ...(await stored(neighbourhoodId, decided)),
          body: { search: decided.seen },
        };
      });
    },
  );

  return app;
}
