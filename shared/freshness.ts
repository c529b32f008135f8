import type { Category, Incident } from './incidents.ts';

const hour = 3600 * 1000;
const day = 24 * hour;

/**
 * How long an incident of a category is taken to go on without anybody saying so, in milliseconds; after it the
 * neighbours are asked, and after as long again without an answer it closes by itself. By how long such things last:
 * a noise ends the same evening, a missing cat is looked for all week.
 */
export const freshFor: Readonly<Record<Category, number>> = {
  noise: 2 * hour,
  suspicious: 4 * hour,
  medical: 4 * hour,
  fire: 6 * hour,
  'break-in': 12 * hour,
  theft: day,
  'road-hazard': day,
  other: day,
  damage: 3 * day,
  missing: 7 * day,
};

type Dated = Pick<Incident, 'category' | 'status' | 'freshAt' | 'askedAt'>;

/** When the next step is due: the question, or without an answer to it the end. Null where nothing follows. */
export function staleAt({ category, status, freshAt, askedAt }: Dated): number | null {
  if (status === 'closed' || freshAt === null) return null;
  return (askedAt ?? freshAt) + freshFor[category];
}
