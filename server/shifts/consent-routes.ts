import { Hono } from 'hono';
import { type PatrolWord, PatrolWordAnswer, PatrolWordCommand } from '../../shared/shifts.ts';
import { actorOf, type Guarded } from '../auth/guards.ts';
import type { Deps } from '../deps.ts';
import { describe, json } from '../validate.ts';
import { changedWord, createShiftStore } from './store.ts';

/** Whether there are patrols here: each member's own word, for all to see; mounted behind the members' guard. */
export function consentRoutes(deps: Deps) {
  const { eventLog, limits, now } = deps;
  const store = createShiftStore(deps.redis);
  return new Hono<Guarded>().put(
    '/:n/patrol-word',
    describe('Say whether I want patrols here', 200, PatrolWordAnswer),
    json(PatrolWordCommand),
    async (c) => {
      const { neighbourhoodId, member } = c.var;
      const { word: said } = c.req.valid('json');
      const before = await store.getWord(neighbourhoodId, member.id);
      if (before?.word === said) return c.json({ word: before });
      await limits.count('rota', member.id);
      const actor = actorOf(c, deps);
      const committed = await eventLog.decideAndCommit(async () => {
        const [by, last] = await Promise.all([actor(), store.getWord(neighbourhoodId, member.id)]);
        const at = now();
        const word: PatrolWord = { memberId: member.id, version: (last?.version ?? 0) + 1, word: said, at };
        const change = changedWord(neighbourhoodId, word);
        return {
          neighbourhoodId,
          event: { type: 'patrols.answered', by: member.id, word },
          at,
          guards: [by.guard, change.guard],
          writes: [change.write],
          body: { word },
        };
      });
      return c.json(committed.body);
    },
  );
}
