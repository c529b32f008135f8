import type { Context } from 'hono';
import type { Member } from '../../shared/neighbourhoods.ts';
import type { Shift } from '../../shared/shifts.ts';
import { Id } from '../../shared/text.ts';
import type { Refusal } from '../../shared/refusal.ts';
import { memberCommands } from '../auth/command.ts';
import type { Guarded } from '../auth/guards.ts';
import { commandOf } from '../auth/idempotency.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { pathParam } from '../validate.ts';
import { mayPlan } from './shift.ts';
import { createShiftStore } from './store.ts';

/** The answer of a decision that refuses. */
export function refusal({ code, path, message }: Refusal): AppError {
  return new AppError(code, { issues: [{ path, message }] });
}

/** @throws AppError FORBIDDEN unless the member plans shifts: volunteers and coordinators do */
export function requirePlanner(member: Member): void {
  if (!mayPlan(member)) throw new AppError('FORBIDDEN');
}

/** Runs POST commands of the rota. */
export const rotaCommands = (deps: Deps) => memberCommands(deps, 'rota', commandOf);

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
