import { nextDigest } from '../../../shared/wanted.ts';
import type { Alert } from '../alert.ts';
import type { Recipient } from '../recipients.ts';
import type { Attention, createAttention } from './attention.ts';
import type { Compact, Compacts } from './compact.ts';
import { foldingAlertOf } from './digest-telling.ts';
import { type Bearing, bearingOf, budgetOf, fateOf, type Message } from './preference.ts';

type PreferredDeps = {
  attention: ReturnType<typeof createAttention>;
  compactOf: Compacts;
  now: () => number;
};
type Told = Extract<Recipient, { kind: 'tell' }>;

function bearingFor({ kind, notice, audience, asks }: Alert, memberId: string): Bearing {
  const named = audience.to === 'roles' && audience.and.memberIds.includes(memberId);
  const to: Message['audience'] =
    audience.to === 'told' || audience.to === 'people' ? audience.to : named ? 'people' : 'many';
  return bearingOf({ kind, notice, audience: to, asks: asks.includes(memberId) });
}

/** What is about no incident and for nobody's choice to be without. */
const isFree = ({ kind, audience }: Alert) =>
  kind === 'digest' || kind === 'folding' || audience.to === 'told';

/**
 * Of those who are meant, decides who is told now, who later and who not at all, by what each member chose. All devices
 * of a member are told alike.
 */
export function createPreferred({ attention, compactOf, now }: PreferredDeps) {
  /** By member, how it stands with their budget; only of those whose budget this message counts for. */
  async function weigh(
    neighbourhoodId: string,
    alert: Alert,
    memberIds: readonly string[],
    { compact, at, isResident }: { compact: Compact; at: number; isResident: (memberId: string) => boolean },
  ): Promise<Map<string, Attention>> {
    const { timeZone } = alert.neighbourhood;
    const counted = memberIds.filter(
      (memberId) => budgetOf(bearingFor(alert, memberId), alert.happening) !== 'free',
    );
    const [first] = counted;
    if (first === undefined) return new Map();
    const folds = budgetOf(bearingFor(alert, first), alert.happening) === 'folds';
    return await attention(
      { neighbourhoodId, seq: alert.seq, timeZone },
      { folds, shared: alert.audience.to === 'everyone' || alert.audience.to === 'roles' },
      counted.map((memberId) => ({
        memberId,
        preferences: compact.of(memberId, timeZone),
        chose: compact.has(memberId),
        isResident: isResident(memberId),
      })),
      at,
    );
  }

  return async (
    neighbourhoodId: string,
    alert: Alert,
    meant: readonly Recipient[],
    isResident: (memberId: string) => boolean,
  ): Promise<Recipient[]> => {
    const told = meant.filter((recipient): recipient is Told => recipient.kind === 'tell');
    if (told.length === 0 || isFree(alert)) return [...meant];
    const at = now();
    const compact = await compactOf(neighbourhoodId);
    const { happening, neighbourhood } = alert;
    const isWanted = happening === null ? () => true : compact.wanting(happening, at);
    const members = [...new Set(told.map(({ subscription }) => subscription.memberId))];
    const fates = new Map(
      members.map((memberId) => [
        memberId,
        fateOf(bearingFor(alert, memberId), happening, compact.of(memberId, neighbourhood.timeZone), {
          isWanted: isWanted(memberId),
          at,
        }),
      ]),
    );
    const disturbed = members.filter((memberId) => fates.get(memberId)?.kind === 'tell');
    const weighed = await weigh(neighbourhoodId, alert, disturbed, { compact, at, isResident });
    const dueOf = (memberId: string) => nextDigest(compact.of(memberId, neighbourhood.timeZone), at);
    const folded = (memberId: string): Recipient => ({ kind: 'fold', memberId, due: dueOf(memberId) });
    return meant.map((recipient): Recipient => {
      if (recipient.kind !== 'tell') return recipient;
      const { memberId } = recipient.subscription;
      const fate = fates.get(memberId);
      if (fate?.kind === 'fold') return folded(memberId);
      if (fate?.kind === 'leave') return { kind: 'nobody' };
      // What would be over by then is told all the same.
      if (fate?.kind === 'wait') return fate.until < alert.expiresAt ? fate : recipient;
      const attended = weighed.get(memberId) ?? 'within';
      if (attended === 'first')
        return { ...recipient, instead: { alert: foldingAlertOf(alert), due: dueOf(memberId) } };
      return attended === 'beyond' ? folded(memberId) : recipient;
    });
  };
}
