import type { Context } from 'hono';
import type { Member } from '../../shared/neighbourhoods.ts';
import type { Deps } from '../deps.ts';
import type { Commit } from '../eventlog/eventlog.ts';
import type { Budget } from '../limits.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { actorOf, type Guarded } from './guards.ts';
import { type Command, countedOnce } from './idempotency.ts';

/** What a command is decided on, read anew for each attempt. */
export type Asking = {
  neighbourhoodId: string;
  actor: Member;
  at: number;
  /** The command's id: the same at each repetition, so that ids can be derived from it. */
  commandId: string;
};

/** What a decision changes. The actor's membership is guarded for it. */
export type Change<Body extends object> = Pick<Commit<Body>, 'event' | 'guards' | 'writes' | 'body'>;

/**
 * Runs members' POST commands: lets `decide` decide, commits unless something it was decided on, or the membership,
 * changed meanwhile, and answers 201 with the body and its seq; a repetition gets the first answer.
 * @param budget what they are counted with, by member
 * @param identify what a repetition is known by
 */
export function memberCommands(deps: Deps, budget: Budget, identify: (c: Context) => Promise<Command>) {
  return async function run<Body extends object>(
    c: Context<Guarded>,
    decide: (asking: Asking) => Promise<Change<Body>>,
  ) {
    const { neighbourhoodId, member } = c.var;
    const command = await identify(c);
    const receipt = {
      key: neighbourhoodKeys(neighbourhoodId).receipt(member.id, command.id),
      fingerprint: command.fingerprint,
    };
    const actor = actorOf(c, deps);
    const committed = await countedOnce(deps, receipt, { budget, who: member.id }, () =>
      deps.eventLog.decideAndCommit(async () => {
        const by = await actor();
        const at = deps.now();
        const change = await decide({ neighbourhoodId, actor: by.member, at, commandId: command.id });
        return { neighbourhoodId, at, ...change, guards: [by.guard, ...change.guards], receipt };
      }),
    );
    if (committed.replayed) c.header('Idempotency-Replayed', 'true');
    return c.json({ ...committed.body, seq: committed.seq }, 201);
  };
}
