import type { Category, Incident, Severity } from '../../shared/incidents.ts';
import { categoryPaths } from './icons.tsx';

// Outlines on a 32 × 32 grid. Each severity has a shape of its own, so that colour never carries it alone.
const shapes: Record<Severity, string> = {
  minor: 'M16 3a13 13 0 1 0 0 26 13 13 0 0 0 0-26Z',
  moderate: 'M16 1.5 30.5 16 16 30.5 1.5 16Z',
  severe: 'M16 2.5 31 29H1Z',
  extreme: 'M10.4 2.5h11.2l7.9 7.9v11.2l-7.9 7.9H10.4l-7.9-7.9V10.4Z',
};

// The lower half of each: what is being handled is half full.
const lowerHalves: Record<Severity, string> = {
  minor: 'M3 16a13 13 0 0 0 26 0Z',
  moderate: 'M1.5 16h29L16 30.5Z',
  severe: 'M6.1 20h19.8L31 29H1Z',
  extreme: 'M2.5 16h27v5.6l-7.9 7.9H10.4l-7.9-7.9Z',
};

// Where the category's 24 × 24 icon sits inside: a triangle has its room at the bottom.
const insets: Record<Severity, string> = {
  minor: 'translate(8.2 8.2) scale(0.65)',
  moderate: 'translate(8.8 8.8) scale(0.6)',
  severe: 'translate(9.4 13.2) scale(0.55)',
  extreme: 'translate(8.2 8.2) scale(0.65)',
};

type Mark = Pick<Incident, 'severity' | 'status'> & {
  category?: Category;
  /** Whether somebody has an open one in hand. */
  handled?: boolean;
};

const fillOf = ({ status, handled = false }: Mark) => (handled && status === 'open' ? 'handled' : status);
const classes = (mark: Mark) => `severity severity--${mark.severity} severity--${fillOf(mark)}`;

/**
 * Severity as a shape (○ ◇ △ ⬣), status as its fill (open solid, being handled half, closed outline), category as the
 * icon inside. Decorative.
 */
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
      {fillOf(mark) === 'handled' && <path class="severity__half" d={lowerHalves[mark.severity]} />}
      {mark.category && (
        <g transform={insets[mark.severity]}>
          {fillOf(mark) === 'handled' && <path class="severity__edge" d={categoryPaths[mark.category]} />}
          <path class="severity__icon" d={categoryPaths[mark.category]} />
        </g>
      )}
    </svg>
  );
}

/** The same drawing as HTML for Leaflet's `divIcon`; made of constants only, so nothing needs escaping. */
export function severityHtml(mark: Mark, size = 32): string {
  const handled = fillOf(mark) === 'handled';
  const half = handled ? `<path class="severity__half" d="${lowerHalves[mark.severity]}"/>` : '';
  const drawing = mark.category && categoryPaths[mark.category];
  const edge = handled ? `<path class="severity__edge" d="${drawing}"/>` : '';
  const icon = drawing
    ? `<g transform="${insets[mark.severity]}">${edge}<path class="severity__icon" d="${drawing}"/></g>`
    : '';
  return (
    `<svg class="${classes(mark)}" width="${size}" height="${size}" viewBox="-1 -1 34 34" aria-hidden="true" focusable="false">` +
    `<path class="severity__shape" d="${shapes[mark.severity]}"/>${half}${icon}</svg>`
  );
}
