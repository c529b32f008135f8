import type { Context } from 'hono';
import type { LogEvent } from '../../shared/events.ts';
import type { Patrol } from '../../shared/patrols.ts';
import type { Refusal } from '../../shared/refusal.ts';
import { Id } from '../../shared/text.ts';
import { type Asking, memberCommands } from '../auth/command.ts';
import type { Guarded } from '../auth/guards.ts';
import { secretCommandOf } from '../auth/idempotency.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Guard, Write } from '../eventlog/eventlog.ts';
import type { Budget } from '../limits.ts';
import { pathParam } from '../validate.ts';
import { countedRound } from './report-store.ts';
import { changedPatrol, createPatrolStore } from './store.ts';
import { createVisitStore } from './visit-store.ts';

export const refusal = ({ code, path, message }: Refusal) =>
  new AppError(code, { issues: [{ path, message }] });

/** What is kept to know a repetition by tells nothing of a place, or a code, in its body. */
export const roundCommands = (deps: Deps, budget: Budget = 'patrols') =>
  memberCommands(deps, budget, secretCommandOf);

/** `guards`: what else must stay as it was, besides the round; `writes`: what else changes with it. */
export type Decided = { ok: true; patrol: Patrol; event: LogEvent; guards?: Guard[]; writes?: Write[] };

/** Runs POST commands about the patrol in the path (`:p`). */
export function patrolCommands(deps: Deps) {
  const store = createPatrolStore(deps.redis);
  const visits = createVisitStore(deps.redis);
  const run = roundCommands(deps);
  return (
    c: Context<Guarded>,
    decide: (before: Patrol, asking: Asking) => Decided | Refusal | Promise<Decided | Refusal>,
  ) => {
    const patrolId = pathParam(Id, c.req.param('p'));
    return run(c, async (asking) => {
      const before = await store.get(asking.neighbourhoodId, patrolId);
      if (before === null) throw new AppError('NOT_FOUND');
      const decided = await decide(before, asking);
      if (!decided.ok) throw refusal(decided);
      const { guards = [], writes = [] } = decided;
      const { patrol, event, guards: counted } = await visits.withCount(asking.neighbourhoodId, decided);
      const change = changedPatrol(asking.neighbourhoodId, before, patrol, asking.at);
      return {
        event,
        guards: [...change.guards, ...counted, ...guards],
        writes: [
          ...change.writes,
          ...writes,
          ...(await countedRound(deps.redis, asking.neighbourhoodId, patrol)),
        ],
        body: { patrol },
      };
    });
  };
}
