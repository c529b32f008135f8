import type { Category, Incident, Severity } from '../../shared/incidents.ts';
import { categoryPaths } from './icons.tsx';

// Outlines on a 32 × 32 grid. Each severity has a shape of its own, so that colour never carries it alone.
const shapes: Record<Severity, string> = {
  minor: 'M16 3a13 13 0 1 0 0 26 13 13 0 0 0 0-26Z',
  moderate: 'M16 1.5 30.5 16 16 30.5 1.5 16Z',
  severe: 'M16 2.5 31 29H1Z',
  extreme: 'M10.4 2.5h11.2l7.9 7.9v11.2l-7.9 7.9H10.4l-7.9-7.9V10.4Z',
};

// Where the category's 24 × 24 icon sits inside: a triangle has its room at the bottom.
const insets: Record<Severity, string> = {
  minor: 'translate(8.2 8.2) scale(0.65)',
  moderate: 'translate(8.8 8.8) scale(0.6)',
  severe: 'translate(9.4 13.2) scale(0.55)',
  extreme: 'translate(8.2 8.2) scale(0.65)',
};

type Mark = Pick<Incident, 'severity' | 'status'> & { category?: Category };

const classes = ({ severity, status }: Mark) => `severity severity--${severity} severity--${status}`;

/** Severity as a shape (○ ◇ △ ⬣), status as its fill (open solid, closed outline), category as the icon inside. Decorative. */
export function SeverityShape({ size = 32, ...mark }: Mark & { size?: number }) {
  return (
    <svg
      class={classes(mark)}
      width={size}
      height={size}
      viewBox="-1 -1 34 34"
      aria-hidden="true"
      focusable="false"
    >
      <path class="severity__shape" d={shapes[mark.severity]} />
      {mark.category && (
        <path class="severity__icon" d={categoryPaths[mark.category]} transform={insets[mark.severity]} />
      )}
    </svg>
  );
}

/** The same drawing as HTML for Leaflet's `divIcon`; made of constants only, so nothing needs escaping. */
export function severityHtml(mark: Mark, size = 32): string {
  const icon = mark.category
    ? `<path class="severity__icon" d="${categoryPaths[mark.category]}" transform="${insets[mark.severity]}"/>`
    : '';
  return (
    `<svg class="${classes(mark)}" width="${size}" height="${size}" viewBox="-1 -1 34 34" aria-hidden="true" focusable="false">` +
    `<path class="severity__shape" d="${shapes[mark.severity]}"/>${icon}</svg>`
  );
}
