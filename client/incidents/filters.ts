import type { Category, Incident, Severity } from '../../shared/incidents.ts';

export const spans = ['all', 'hour', 'six-hours', 'day', 'week'] as const;
export type Span = (typeof spans)[number];

export type Filters = {
  span: Span;
  openOnly: boolean;
  categories: ReadonlySet<Category>;
  /** What the person typed; matches words and the category's name. */
  search: string;
};

export const noFilters: Filters = { span: 'all', openOnly: false, categories: new Set(), search: '' };

const hour = 3_600_000;
const lengths: Record<Span, number> = {
  all: Infinity,
  hour,
  'six-hours': 6 * hour,
  day: 24 * hour,
  week: 7 * 24 * hour,
};

const urgency: Record<Severity, number> = { extreme: 3, severe: 2, moderate: 1, minor: 0 };

/** Without case and accents, as people search. */
export const folded = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/**
 * What the list and the map both show, in the list's order: open ones by urgency, then time; closed ones by time.
 * `categoryName` gives the name under which the reader knows a category.
 */
export function selectIncidents(
  incidents: Iterable<Incident>,
  filters: Filters,
  now: number,
  categoryName: (category: Category) => string,
): Incident[] {
  const since = now - lengths[filters.span];
  const wanted = folded(filters.search.trim());
  const shown = [...incidents].filter(
    (incident) =>
      incident.observedAt >= since &&
      (!filters.openOnly || incident.status === 'open') &&
      (filters.categories.size === 0 || filters.categories.has(incident.category)) &&
      (wanted === '' ||
        folded(`${categoryName(incident.category)} ${incident.title ?? ''} ${incident.description}`).includes(
          wanted,
        )),
  );
  return shown.toSorted((a, b) => {
    if (a.status !== b.status) return a.status === 'open' ? -1 : 1;
    if (a.status === 'open' && a.severity !== b.severity) return urgency[b.severity] - urgency[a.severity];
    return b.observedAt - a.observedAt || (a.id < b.id ? -1 : 1);
  });
}
