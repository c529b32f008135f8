import { Hono } from 'hono';
import { GoCommand } from '../../shared/home-safe.ts';
import { type Patrol, PatrolChanged } from '../../shared/patrols.ts';
import type { Refusal } from '../../shared/refusal.ts';
import type { Asking } from '../auth/command.ts';
import type { Guarded } from '../auth/guards.ts';
import type { Deps } from '../deps.ts';
import type { Guard, Write } from '../eventlog/eventlog.ts';
import { derivedId } from '../ids.ts';
import { describe, json } from '../validate.ts';
import { type Decided, patrolCommands } from './command.ts';
import { type GivenCode, givenCodes } from './given-code.ts';
import { searchUnseen } from './hidden-search.ts';
import { wrongCode } from './home-safe.ts';
import { changedSearch, createHomeSafeStore, hiding, unchangedCheckIn } from './home-safe-store.ts';
import { end, leave } from './patrol.ts';

/**
 * Leaving and ending a round; mounted behind the members' guard. It ends what waits for a walker's word, so whoever set
 * codes shows by one that nobody makes them, as with the word itself.
 */
export function goingRoutes(deps: Deps) {
  const store = createHomeSafeStore(deps.redis);
  const codeOf = givenCodes(deps);
  const change = patrolCommands(deps);
  const app = new Hono<Guarded>();

  /** What begins with their going where they are made to go; nothing where they are looked for already. */
  async function underDuress(
    before: Patrol,
    { neighbourhoodId, actor, at, commandId }: Asking,
  ): Promise<{ guards: Guard[]; writes: Write[] }> {
    const [{ search: open }, checkIn] = await Promise.all([
      store.searchFor(neighbourhoodId, actor.id),
      store.getCheckIn(neighbourhoodId, before, actor.id),
    ]);
    if (open !== null || checkIn === null) return { guards: [], writes: [] };
    const id = derivedId('search', neighbourhoodId, actor.id, commandId);
    const { search, hidden } = searchUnseen({ id, patrol: before, checkIn, at });
    const known = await store.withName(neighbourhoodId, search, hidden);
    const changes = [changedSearch(neighbourhoodId, search), hiding(neighbourhoodId, known)];
    return {
      guards: [unchangedCheckIn(neighbourhoodId, checkIn), ...changes.flatMap(({ guards }) => guards)],
      writes: changes.flatMap(({ writes }) => writes),
    };
  }

  const withCode =
    (given: GivenCode, decide: (before: Patrol, asking: Asking) => Decided | Refusal) =>
    async (before: Patrol, asking: Asking): Promise<Decided | Refusal> => {
      const decided = decide(before, asking);
      // Before it runs nobody waits for anybody's word.
      if (!decided.ok || before.state !== 'running' || !given.hasCodes) return decided;
      if (given.check === null || given.check === 'wrong') return wrongCode;
      return given.check === 'right' ? decided : { ...decided, ...(await underDuress(before, asking)) };
    };

  app.post(
    '/:n/patrols/:p/leave',
    describe('Go, while others walk on', 201, PatrolChanged),
    json(GoCommand),
    async (c) => {
      const given = await codeOf(c, c.req.valid('json').code);
      return await change(
        c,
        withCode(given, (before, { actor, at }) => leave(before, actor.id, actor.id, at)),
      );
    },
  );

  app.post(
    '/:n/patrols/:p/end',
    describe('End the round that I walk, for all', 201, PatrolChanged),
    json(GoCommand),
    async (c) => {
      const given = await codeOf(c, c.req.valid('json').code);
      return await change(
        c,
        withCode(given, (before, { actor, at }) => end(before, actor.id, at)),
      );
    },
  );

  return app;
}
