import type { PatrolWord } from './shifts.ts';

/** At least so many want patrols, or all where they are fewer; nobody switches them on alone. */
const enough = 3;
const fewest = 2;

export type Consent = { agree: number; against: number; wanted: number; on: boolean };

/**
 * Whether there are patrols: what the members say now, and nothing that was decided once.
 * @param words of active members only
 * @param active how many members there are
 */
export function consentOf(words: Iterable<Pick<PatrolWord, 'word'>>, active: number): Consent {
  let agree = 0;
  let against = 0;
  for (const { word } of words) {
    if (word === 'agree') agree += 1;
    if (word === 'against') against += 1;
  }
  const wanted = Math.max(fewest, Math.min(enough, active));
  return { agree, against, wanted, on: agree >= wanted && agree >= against };
}
