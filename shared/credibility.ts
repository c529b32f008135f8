import type { Confirmation, ConfirmationKind } from './incident-life.ts';
import type { Category, Incident, Severity } from './incidents.ts';

const hour = 3600 * 1000;

/** After so long a word counts half: noise is over sooner than what a break-in leaves. */
export const halfLifeMs: Record<Category, number> = {
  noise: hour,
  suspicious: 3 * hour,
  medical: 3 * hour,
  'road-hazard': 6 * hour,
  fire: 6 * hour,
  other: 6 * hour,
  damage: 12 * hour,
  theft: 24 * hour,
  'break-in': 24 * hour,
  missing: 24 * hour,
};

const minute = 60 * 1000;

/** After so long without a dispute everybody is told of what only volunteers were told first. */
export const witnessMs: Record<Severity, number> = {
  minor: 15 * minute,
  moderate: 10 * minute,
  severe: 5 * minute,
  extreme: 2 * minute,
};

type Waiting = Pick<Incident, 'reportedAt' | 'reopened' | 'severity'>;

/** Since when everybody could be told of it: what was closed waits anew once it is open again. */
export const toldSince = ({ reportedAt, reopened }: Pick<Waiting, 'reportedAt' | 'reopened'>): number =>
  reopened?.at ?? reportedAt;

/** When everybody is told of what only volunteers were told, unless somebody disputes it. */
export const widensAt = (incident: Waiting): number => toldSince(incident) + witnessMs[incident.severity];

/** What those of one circle count together at most: never enough by themselves. */
export const circleCap = 0.3;
/** What must speak for or against an incident before it counts as confirmed or disputed. */
export const enough = 0.35;

/** What neighbours' words make of an incident, with the numbers of those who spoke. */
export type Credibility = {
  state: 'confirmed' | 'disputed' | 'unconfirmed';
  confirms: number;
  disputes: number;
};

type Word = Pick<Confirmation, 'kind' | 'weight' | 'circle' | 'at'>;

/** The words of those who are members still: who was removed, or left, speaks for nothing here any more. */
export const wordsOf = (
  confirmations: readonly Confirmation[],
  isActive: (memberId: string) => boolean,
): Confirmation[] => confirmations.filter(({ memberId }) => isActive(memberId));

/**
 * Weighs what neighbours say of an incident. Each word fades by half in the category's time; the words of one circle
 * count together up to `circleCap`. As much against as for it is disputed, not confirmed.
 */
export function credibilityOf(confirmations: readonly Word[], at: number, category: Category): Credibility {
  function weigh(kind: ConfirmationKind): number {
    const circles = new Map<string, number>();
    let sum = 0;
    for (const word of confirmations) {
      if (word.kind !== kind) continue;
      // A clock that was set back makes no word weigh more than it did.
      const weight = word.weight * 0.5 ** (Math.max(0, at - word.at) / halfLifeMs[category]);
      if (word.circle === null) sum += weight;
      else circles.set(word.circle, (circles.get(word.circle) ?? 0) + weight);
    }
    for (const weight of circles.values()) sum += Math.min(circleCap, weight);
    return sum;
  }

  const confirms = confirmations.filter(({ kind }) => kind === 'confirm').length;
  const figures = { confirms, disputes: confirmations.length - confirms };
  const [forIt, against] = [weigh('confirm'), weigh('dispute')];
  if (against >= enough && against >= forIt) return { state: 'disputed', ...figures };
  if (forIt >= enough && forIt > against) return { state: 'confirmed', ...figures };
  return { state: 'unconfirmed', ...figures };
}
