import type { Incident } from '../../../shared/incidents.ts';
import { isRescue, type NoticeKind, noticeOf } from '../../../shared/notices.ts';
import { type Preferences } from '../../../shared/preferences.ts';
import type { PushKind } from '../../../shared/push.ts';
import { type Happening, isUrgent, quietUntil } from '../../../shared/wanted.ts';

/**
 * What a message is to the one who gets it. The choice and the places, quiet hours and a snooze, and the budget bear on
 * each as the table in `test/SPEC.md` (WI) says.
 */
export type Bearing =
  /** It takes back what this very device was told. */
  | 'taken-back'
  /** It asks for this one, or is theirs: nobody else can answer it. */
  | 'named'
  /** An incident, told to many. */
  | 'alert'
  /** More of an incident that they follow. */
  | 'followed'
  /** Somebody on patrol does not answer, or nobody tells a neighbour without a phone: all who may help are asked. */
  | 'rescue'
  /** What can wait for the morning and is then still to be answered, or known. */
  | 'plan';

export type Message = {
  kind: PushKind;
  notice: NoticeKind | null;
  audience: 'told' | 'people' | 'many';
  /** Whether it asks for this member by name. */
  asks: boolean;
};

export function bearingOf({ kind, notice, audience, asks }: Message): Bearing {
  if (audience === 'told') return 'taken-back';
  if (asks) return 'named';
  if (kind === 'observation' || kind === 'merging') return 'followed';
  if (kind === 'review' || kind === 'ended') return 'plan';
  if (notice !== null) {
    if (isRescue(notice)) return audience === 'people' ? 'named' : 'rescue';
    // Worth waking somebody for is what concerns a shift of theirs, and no drill for all.
    return noticeOf(notice).urgent && audience === 'people' ? 'named' : 'plan';
  }
  return audience === 'people' ? 'named' : 'alert';
}

/** What becomes of a message: told; told with others in the digest; told once it is not quiet any more; or never. */
export type Fate = { kind: 'tell' } | { kind: 'fold' } | { kind: 'wait'; until: number } | { kind: 'leave' };

const tell: Fate = { kind: 'tell' };

/**
 * Decides what becomes of a message, but for the budget.
 * @param happening null where it is about no incident
 * @param isWanted whether the member's choice and places want to hear of it
 */
export function fateOf(
  bearing: Bearing,
  happening: Happening | null,
  preferences: Preferences,
  { isWanted, at }: { isWanted: boolean; at: number },
): Fate {
  if (bearing === 'taken-back' || bearing === 'named') return tell;
  if (bearing === 'alert' && !isWanted) return { kind: 'leave' };
  const until = quietUntil(preferences, at);
  if (until === null) return tell;
  const urgent = bearing === 'rescue' || (happening !== null && isUrgent(happening));
  if (urgent && preferences.urgentThrough && bearing !== 'followed') return tell;
  return happening === null || bearing === 'plan' ? { kind: 'wait', until } : { kind: 'fold' };
}

/** Whether a message is one of those that the budget counts, and may fold. */
export function budgetOf(bearing: Bearing, happening: Happening | null): 'counts' | 'folds' | 'free' {
  if ((bearing !== 'alert' && bearing !== 'followed') || happening === null) return 'free';
  return isUrgent(happening) ? 'counts' : 'folds';
}

/** A digest goes out once a day at most, however the hours of it are moved. */
const leastApart = 20 * 3600 * 1000;
export const isTooSoon = (lastAt: number | null, at: number): boolean =>
  lastAt !== null && at - lastAt < leastApart;

/**
 * Whether what was held back is still worth telling: that something turned out not to have been, somebody who never
 * heard of it need not learn; that it is over, or grew old, they may.
 */
export const isWorthTelling = ({ outcome }: Pick<Incident, 'outcome'>): boolean =>
  outcome === null || outcome.kind === 'resolved' || outcome.kind === 'expired';
