import type { Context } from 'hono';
import type { ErrorCode } from '../../shared/errors.ts';
import type { LogEvent } from '../../shared/events.ts';
import type { Member } from '../../shared/neighbourhoods.ts';
import type { Patrol } from '../../shared/patrols.ts';
import { Id } from '../../shared/text.ts';
import { actorOf, type Guarded } from '../auth/guards.ts';
import { secretCommandOf } from '../auth/idempotency.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Commit, Committed, Guard } from '../eventlog/eventlog.ts';
import type { Budget } from '../limits.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { pathParam } from '../validate.ts';
import { countedRound } from './report-store.ts';
import { changedPatrol, createPatrolStore } from './store.ts';

type Refusal = { ok: false; code: ErrorCode; path: string; message: string };
export const refusal = ({ code, path, message }: Refusal) =>
  new AppError(code, { issues: [{ path, message }] });

/** What a command about patrols is decided on, read anew for each attempt. */
export type Asking = {
  neighbourhoodId: string;
  actor: Member;
  at: number;
  /** The command's id: the same at each repetition, so that ids can be derived from it. */
  commandId: string;
};

/**
 * Runs POST commands: commits what `decide` decides unless it, or the membership, changed meanwhile, and answers 201
 * with the body and its seq. What is kept to know a repetition by tells nothing of a place in its body.
 */
export function roundCommands(deps: Deps, budget: Budget = 'patrols') {
  return async function run<Body extends object>(
    c: Context<Guarded>,
    decide: (asking: Asking) => Promise<Pick<Commit<Body>, 'event' | 'guards' | 'writes' | 'body'>>,
  ) {
    const { neighbourhoodId, member } = c.var;
    const command = await secretCommandOf(c);
    const receipt = {
      key: neighbourhoodKeys(neighbourhoodId).receipt(member.id, command.id),
      fingerprint: command.fingerprint,
    };
    const actor = actorOf(c, deps);
    let committed: Committed<Body>;
    try {
      await deps.limits.count(budget, member.id);
      committed = await deps.eventLog.decideAndCommit(async () => {
        const by = await actor();
        const at = deps.now();
        const change = await decide({ neighbourhoodId, actor: by.member, at, commandId: command.id });
        return { neighbourhoodId, at, ...change, guards: [by.guard, ...change.guards], receipt };
      });
    } catch (refused) {
      // Only where today's state refuses what was done before must the receipt be asked for.
      const earlier = await deps.eventLog.replay<Body>(receipt);
      if (earlier === null) throw refused;
      committed = earlier;
    }
    if (committed.replayed) c.header('Idempotency-Replayed', 'true');
    return c.json({ ...committed.body, seq: committed.seq }, 201);
  };
}

/** `guards`: what else must stay as it was, besides the round. */
type Decided = { ok: true; patrol: Patrol; event: LogEvent; guards?: Guard[] };

/** Runs POST commands about the patrol in the path (`:p`). */
export function patrolCommands(deps: Deps) {
  const store = createPatrolStore(deps.redis);
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
      const { patrol, event, guards = [] } = decided;
      const change = changedPatrol(asking.neighbourhoodId, before, patrol, asking.at);
      return {
        event,
        guards: [...change.guards, ...guards],
        writes: [...change.writes, ...(await countedRound(deps.redis, asking.neighbourhoodId, patrol))],
        body: { patrol },
      };
    });
  };
}
