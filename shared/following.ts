import * as v from 'valibot';
import type { Response } from './incident-life.ts';

/**
 * What of one incident is pushed to a member: all that neighbours see of it, its alert and how it ends, or from now on
 * only how it ends.
 */
export const FollowMode = v.picklist(['all', 'first', 'muted']);
export type FollowMode = v.InferOutput<typeof FollowMode>;

export const FollowCommand = v.strictObject({ mode: FollowMode });
export type FollowCommand = v.InferOutput<typeof FollowCommand>;

/** How one member follows an incident; only they learn it. */
export const Following = v.object({
  mode: FollowMode,
  /** Whether they chose it, or it is what they are given. */
  chosen: v.boolean(),
});
export type Following = v.InferOutput<typeof Following>;

/**
 * How a member follows an incident of which they have chosen nothing: who has a part in it hears all of it, the others
 * as they prefer.
 */
export const defaultMode = (
  isReporter: boolean,
  response: Pick<Response, 'kind'> | null,
  preferred: 'first' | 'all',
): FollowMode => (isReporter || (response !== null && response.kind !== 'stood-down') ? 'all' : preferred);
