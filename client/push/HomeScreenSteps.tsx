import type { ComponentChildren } from 'preact';
import { t } from '../i18n/i18n.ts';

/** A phone drawn in a few lines: what matters in it is marked. The words beside it say the same. */
function Picture({ children }: { children: ComponentChildren }) {
  return (
    <svg class="picture" viewBox="0 0 96 120" width="96" height="120" aria-hidden="true" focusable="false">
      <rect class="picture__frame" x="14" y="3" width="68" height="114" rx="11" />
      {children}
    </svg>
  );
}

const share = (
  <Picture>
    <path class="picture__quiet" d="M24 22h48M24 32h40M24 42h48M24 52h30" />
    <path class="picture__quiet" d="M14 93h68" />
    <rect class="picture__mark" x="36" y="94" width="24" height="22" rx="6" />
    <path class="picture__line" d="M44 104v8h8v-8M48 108v-11M45 100l3-3 3 3" />
  </Picture>
);

const add = (
  <Picture>
    <path class="picture__quiet" d="M14 50h68M24 62h38M24 104h34" />
    <rect class="picture__mark" x="18" y="72" width="60" height="20" rx="6" />
    <path class="picture__line" d="M24 82h30M64 77h10v10H64ZM69 79.5v5M66.5 82h5" />
  </Picture>
);

const icon = (
  <Picture>
    <path
      class="picture__quiet"
      d="M22 16h12v12H22ZM42 16h12v12H42ZM62 16h12v12H62ZM22 38h12v12H22ZM62 38h12v12H62Z"
    />
    <rect class="picture__mark" x="38" y="34" width="20" height="20" rx="6" />
    <path class="picture__line" d="M44 41h8l1.5 9h-11ZM46 41v-2.5h4V41M48 44v3" />
    <path class="picture__quiet" d="M30 106h36" />
  </Picture>
);

const allow = (
  <Picture>
    <rect class="picture__mark" x="20" y="40" width="56" height="38" rx="8" />
    <path class="picture__line" d="M44 56v-4a4 4 0 1 1 8 0v4l1.5 2h-11ZM46.5 61a1.7 1.7 0 0 0 3 0" />
    <path class="picture__quiet" d="M20 66h56M48 66v12" />
    <path class="picture__line" d="m57 71.5 2.5 2.5 5-5" />
  </Picture>
);

const steps = [
  { picture: share, words: 'platform.iosStep1' },
  { picture: add, words: 'platform.iosStep2' },
  { picture: icon, words: 'platform.iosStep3' },
  { picture: allow, words: 'platform.iosStep4' },
] as const;

/** How Vigie comes onto an iPhone's Home Screen, step by step. */
export function HomeScreenSteps() {
  return (
    <ol class="steps">
      {steps.map(({ picture, words }) => (
        <li key={words} class="steps__step">
          {picture}
          <p>{t(words)}</p>
        </li>
      ))}
    </ol>
  );
}
