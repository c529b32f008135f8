import type { Category } from '../../shared/incidents.ts';

/** Outlines on a 24 × 24 grid, drawn with a round stroke; the same data serves JSX and Leaflet's HTML. */
export const categoryPaths: Record<Category, string> = {
  suspicious: 'M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12ZM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z',
  'break-in': 'M3 21h18M6 21V4.5A1.5 1.5 0 0 1 7.5 3H14v18M14 5.5l4.5 1.8V21M10.5 12.5h.01',
  theft: 'M5.6 8.5h12.8L20 20.5H4ZM8.8 8.5V6.7a3.2 3.2 0 0 1 6.4 0v1.8M9.3 14.5h5.4',
  fire: 'M12 2.8c.9 3.9 5.8 5.6 5.8 11.3a5.8 5.8 0 0 1-11.6 0c0-2.6 1.3-4 2.3-5.3.4 1.5 1.2 2.2 2 2.5-.4-3.2.1-6.2 1.5-8.5Z',
  medical: 'M9.3 3.5h5.4v5.8h5.8v5.4h-5.8v5.8H9.3v-5.8H3.5V9.3h5.8Z',
  missing:
    'M9.5 4a3.6 3.6 0 1 0 0 7.2 3.6 3.6 0 0 0 0-7.2ZM2.8 20.5a6.7 6.7 0 0 1 10.4-5.6M16 14.6a2.4 2.4 0 1 1 3.4 2.2c-.8.4-1 .8-1 1.6M18.4 21h.01',
  'road-hazard': 'M10.6 3.5h2.8L18.7 20H5.3ZM3 20.3h18M9.2 9h5.6M7.6 14.5h8.8',
  noise: 'M3.5 9.5v5h3.7l4.8 4.2V5.3L7.2 9.5ZM15.5 9a4.2 4.2 0 0 1 0 6M18.3 6.2a8.2 8.2 0 0 1 0 11.6',
  damage: 'M4 4h16v16H4ZM13.2 4l-2.8 4.8 4.4 3-4.2 3.6 1.8 4.6M4 13.2l6.6 2.2M14.8 11.8 20 9.5',
  other: 'M4.8 11.2h1v1.6h-1ZM11.5 11.2h1v1.6h-1ZM18.2 11.2h1v1.6h-1Z',
};

const paths = {
  back: 'M19 12H5M11.5 5.5 5 12l6.5 6.5',
  bell: 'M6 16.5V11a6 6 0 1 1 12 0v5.5l1.5 2h-15ZM10 21.2a2.2 2.2 0 0 0 4 0',
  camera: 'M4 7.5h3.5L9 5h6l1.5 2.5H20v12H4ZM12 10a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7Z',
  check: 'M4.5 12.8 9.8 18 19.5 6.5',
  chevron: 'm6 9.5 6 6 6-6',
  close: 'M6 6l12 12M18 6 6 18',
  clock: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 7.5V12l3 2',
  devices: 'M3.5 5h13v8M3.5 5v11h9M15.5 11h5v9.5h-5ZM6.5 19.5h6',
  door: 'M14 4H6v16h8M10.5 12H21M17.5 8.5 21 12l-3.5 3.5',
  eye: 'M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12ZM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z',
  globe:
    'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17',
  image: 'M4 5h16v14H4ZM4 16l4.5-4.5 4 4L15 13l5 5M15.5 8.5h.01',
  keyboard: 'M3 6.5h18v11H3ZM6.5 10h.01M10 10h.01M13.5 10h.01M17 10h.01M8 14h8',
  link: 'M10 14a4 4 0 0 0 5.7 0l3.1-3.1a4 4 0 0 0-5.7-5.7L11.8 6.5M14 10a4 4 0 0 0-5.7 0l-3.1 3.1a4 4 0 0 0 5.7 5.7L12.2 17.5',
  locate: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2v3.5M12 18.5V22M2 12h3.5M18.5 12H22',
  map: 'M9 4 3.5 6.2v13.8L9 17.8l6 2.2 5.5-2.2V4L15 6.2ZM9 4v13.8M15 6.2V20',
  note: 'M5 4h14v11l-5 5H5ZM14 20v-5h5M8.5 9h7M8.5 12.5h4',
  people:
    'M9 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM2.5 20a6.5 6.5 0 0 1 13 0M16 5a3.2 3.2 0 0 1 0 6.2M18.3 14.6A6.3 6.3 0 0 1 21.5 20',
  person: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4.5 20.5a7.5 7.5 0 0 1 15 0',
  phone:
    'M6.5 3.5h3l1.5 4.2-2 1.6a11 11 0 0 0 5.7 5.7l1.6-2 4.2 1.5v3a2.5 2.5 0 0 1-2.7 2.5A16 16 0 0 1 4 6.2a2.5 2.5 0 0 1 2.5-2.7Z',
  pin: 'M12 21.5s7-6.3 7-11.5a7 7 0 1 0-14 0c0 5.2 7 11.5 7 11.5ZM12 7.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5Z',
  plus: 'M12 5v14M5 12h14',
  qr: 'M4 4h6v6H4ZM14 4h6v6h-6ZM4 14h6v6H4ZM14 14h2.5M20 14v2.5M14 17.5V20h2.5M20 20h.01',
  question:
    'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM9.6 9.7a2.5 2.5 0 1 1 3.4 2.3c-.8.4-1 .8-1 1.6M12 16.6h.01',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM15.3 15.3 20.5 20.5',
  share: 'M12 15V3.5M8 7l4-3.5L16 7M6 11.5H4.5v9h15v-9H18',
  theme: 'M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5Z',
  trash: 'M4.5 7h15M9.5 7V4h5v3M6.5 7l1 13.5h9l1-13.5M10.3 11v5.5M13.7 11v5.5',
  walk: 'M13.2 2.8a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4ZM8.2 21l2.6-5.6M16 21l-1.2-4.6-3-2.9 1-4.9-3.6 1.9-.7 3.3M12.8 8.6l1.9 2.6 3 .9',
  upload: 'M12 16V4.5M7.5 9 12 4.5 16.5 9M4.5 15.5v4h15v-4',
} as const;

export type IconName = keyof typeof paths;

function Outline({ d, size }: { d: string; size: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={d} />
    </svg>
  );
}

/** A control's icon; decorative, so the control carries its name in words. Size in CSS pixels. */
export function Icon({ name, size = 24 }: { name: IconName; size?: number }) {
  return <Outline d={paths[name]} size={size} />;
}

/** A category's icon; decorative like all icons. */
export function CategoryIcon({ category, size = 24 }: { category: Category; size?: number }) {
  return <Outline d={categoryPaths[category]} size={size} />;
}

/** The mark: the night watch's lantern. */
export function LanternMark({ size = 28 }: { size?: number }) {
  return (
    <svg
      class="lantern-mark"
      width={size}
      height={size}
      viewBox="0 0 32 32"
      aria-hidden="true"
      focusable="false"
    >
      <path class="lantern-mark__glow" d="M10.5 12h11l2 13h-15Z" />
      <path
        class="lantern-mark__flame"
        d="M16 14.5c.5 2 2.8 3 2.8 5.6a2.8 2.8 0 0 1-5.6 0c0-1.3.7-2 1.2-2.7.2.7.6 1 1 1.2-.2-1.5 0-2.9.6-4.1Z"
      />
      <path
        class="lantern-mark__frame"
        d="M12 6.5a4 4 0 0 1 8 0M9 12l2-5h10l2 5ZM10.5 12l-2 13h15l-2-13M7.5 28.5h17v-3.5h-17Z"
      />
    </svg>
  );
}
