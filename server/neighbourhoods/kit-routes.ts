import { Hono } from 'hono';
import { KitAnswer, KitCommand, type MemberKit } from '../../shared/kit.ts';
import { actorOf, type Guarded } from '../auth/guards.ts';
import type { Deps } from '../deps.ts';
import { describe, json } from '../validate.ts';
import { changedKit, createKitStore } from './kit-store.ts';

/** What a member says they bring to patrols and can do; mounted behind the members' guard. */
export function kitRoutes(deps: Deps) {
  const { redis, eventLog, now } = deps;
  const store = createKitStore(redis);
  return new Hono<Guarded>().put(
    '/:n/kit',
    describe('Say what I bring and can do', 200, KitAnswer),
    json(KitCommand),
    async (c) => {
      const { neighbourhoodId } = c.var;
      const actor = actorOf(c, deps);
      const given = c.req.valid('json');
      const committed = await eventLog.decideAndCommit(async () => {
        const by = await actor();
        const before = await store.get(neighbourhoodId, by.member.id);
        const kit: MemberKit = { ...before, version: before.version + 1, kit: given.kit };
        const change = changedKit(neighbourhoodId, kit);
        return {
          neighbourhoodId,
          event: { type: 'member.kitChanged', by: by.member.id, kit },
          at: now(),
          guards: [by.guard, change.guard],
          writes: [change.write],
          body: { kit },
        };
      });
      return c.json({ kit: committed.body.kit });
    },
  );
}
