import { type AgreementId, agreements } from '../../shared/agreements.ts';
import { type Hide, updateIdIn } from '../../shared/hiding.ts';
import type { JuryDecision, Review } from '../../shared/reviews.ts';
import { locale, t } from '../i18n/i18n.ts';

/** An agreement's words in the reader's language. */
export const agreementText = (id: AgreementId): string => agreements[id][locale.value];

/** Why something is not to be seen. */
export function hideText({ of, removed }: Hide): string {
  const isPhoto = of !== 'incident' && updateIdIn(of) === null;
  if (removed === null) return t(isPhoto ? 'review.hiddenPhoto' : 'review.hidden');
  return t(isPhoto ? 'review.removedPhoto' : 'review.removed', { agreement: agreementText(removed) });
}

const endings = {
  kept: { jury: 'keptJury', coordinators: 'keptCoordinators', nobody: 'keptNobody' },
  removed: { jury: 'removedJury', coordinators: 'removedCoordinators', nobody: 'removedNobody' },
} as const;

/** How it was decided, in a sentence. */
export function decisionText({ outcome, by, keep, remove, appeal }: JuryDecision): string {
  const decision = t(`decided.${endings[outcome][by]}`, { keep: String(keep), remove: String(remove) });
  return appeal ? t('decisions.appeal', { decision }) : decision;
}

/** Agreements that were named, the most often named first. */
export function namedIn({ agreements: counts }: Review): AgreementId[] {
  const ids = Object.keys(agreements) as AgreementId[];
  return ids.filter((id) => counts[id] !== undefined).toSorted((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0));
}

/** How many have flagged it since it was last decided on. */
export const flagsOf = ({ agreements: counts }: Review): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);
