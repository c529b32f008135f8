import type { Context } from 'hono';
import type { LogEvent } from '../../shared/events.ts';
import type { Member } from '../../shared/neighbourhoods.ts';
import type { Shift } from '../../shared/shifts.ts';
import { Id } from '../../shared/text.ts';
import { actorOf, type Guarded } from '../auth/guards.ts';
import { commandOf, replayedIfRefused } from '../auth/idempotency.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Guard, Write } from '../eventlog/eventlog.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { pathParam } from '../validate.ts';
import { mayPlan, type Refused } from './shift.ts';
import { createShiftStore } from './store.ts';

/** What a command is decided on, read anew for each attempt. */
export type About = {
  neighbourhoodId: string;
  actor: Member;
  at: number;
  /** The command's id: the same at each repetition, so that ids can be derived from it. */
  commandId: string;
};

/** What a decision changes. The actor's membership is guarded for it. */
export type Change<Body extends object> = {
  event: LogEvent;
  guards: Guard[];
  writes: Write[];
  body: Body;
};

/** The answer of a decision that refuses. */
export function refusal({ code, path, message }: Refused): AppError {
  return new AppError(code, { issues: [{ path, message }] });
}

/** @throws AppError FORBIDDEN unless the member plans shifts: volunteers and coordinators do */
export function requirePlanner(member: Member): void {
  if (!mayPlan(member)) throw new AppError('FORBIDDEN');
}

/**
 * Runs POST commands of the rota: lets `decide` decide, commits unless something it was decided on changed meanwhile,
 * and answers 201 with the body and its seq; a repetition gets the first answer.
 */
export function rotaCommands(deps: Deps) {
  return async function run<Body extends object>(
    c: Context<Guarded>,
    decide: (about: About) => Promise<Change<Body>>,
  ) {
    const { neighbourhoodId, member } = c.var;
    const command = await commandOf(c);
    const receipt = {
      key: neighbourhoodKeys(neighbourhoodId).receipt(member.id, command.id),
      fingerprint: command.fingerprint,
    };
    const actor = actorOf(c, deps);
    const committed = await replayedIfRefused(deps, receipt, async () => {
      await deps.limits.count('rota', member.id);
      return await deps.eventLog.decideAndCommit(async () => {
        const by = await actor();
        const at = deps.now();
        const change = await decide({ neighbourhoodId, actor: by.member, at, commandId: command.id });
        const { event, writes, body } = change;
        return { neighbourhoodId, event, at, guards: [by.guard, ...change.guards], writes, body, receipt };
      });
    });
    if (committed.replayed) {
      await deps.limits.giveBack('rota', member.id);
      c.header('Idempotency-Replayed', 'true');
    }
    return c.json({ ...committed.body, seq: committed.seq }, 201);
  };
}

/** Gives the shift in the path (`:s`). */
export function shiftOf(deps: Pick<Deps, 'redis'>, c: Context<Guarded>): () => Promise<Shift> {
  const store = createShiftStore(deps.redis);
  const shiftId = pathParam(Id, c.req.param('s'));
  return async () => {
    const shift = await store.get(c.var.neighbourhoodId, shiftId);
    if (shift === null) throw new AppError('NOT_FOUND');
    return shift;
  };
}

/** @throws AppError CONFLICT unless the neighbours want patrols */
export async function requireConsent(
  store: ReturnType<typeof createShiftStore>,
  neighbourhoodId: string,
): Promise<void> {
  const { on } = await store.getConsent(neighbourhoodId);
  if (on) return;
  const message = 'patrols are not switched on here: more neighbours must agree first';
  throw new AppError('CONFLICT', { issues: [{ path: 'patrols', message }] });
}
