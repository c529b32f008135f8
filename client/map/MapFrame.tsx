import 'leaflet/dist/leaflet.css';
import './map.css';
import './coarse.css';
import type * as L from 'leaflet';
import type { ComponentChildren, RefObject, TargetedEvent } from 'preact';
import { useId } from 'preact/hooks';
import { Icon, type IconName } from '../ui/icons.tsx';
import type { MyPosition } from './my-position.ts';
import type { Basemap, MapPadding } from './props.ts';
import { mapWords } from './words.ts';
import type { Locale } from '../../shared/text.ts';

export type MapFrameProps = {
  container: RefObject<HTMLDivElement | null>;
  map: L.Map | null;
  basemap: Basemap;
  theme: 'light' | 'dark';
  locale: Locale;
  padding: MapPadding;
  /** Whether the basemap cannot be had. */
  groundMissing?: boolean;
  /** What the keys do; none where the map is a picture. */
  keys?: string;
  label?: string;
  children?: ComponentChildren;
};

/** A round control upon the map, named in words. */
export function MapButton(props: {
  icon: IconName;
  label: string;
  onClick: () => void;
  pressed?: boolean;
  busy?: boolean;
}) {
  const { icon, label, onClick, pressed, busy = false } = props;
  return (
    <button
      type="button"
      class="map-button"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      data-busy={busy}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

export function MyPositionButton(props: { mine: MyPosition; locale: Locale; onClick: () => void }) {
  const { mine, locale, onClick } = props;
  const words = mapWords[locale];
  const { state } = mine;
  return (
    <MapButton
      icon="locate"
      label={words.myPosition}
      pressed={state === 'on' || state === 'asking'}
      busy={state === 'asking'}
      onClick={onClick}
    />
  );
}

/** What became of the wish to see one's position, where there is something to say. */
export function myPositionMessage({ state }: MyPosition, locale: Locale): string {
  const words = mapWords[locale];
  if (state === 'asking') return words.positionAsked;
  if (state === 'denied') return words.positionDenied;
  if (state === 'insecure') return words.positionInsecure;
  return state === 'unavailable' ? words.positionUnavailable : '';
}

/** The minus of `plus`: an icon that only the map needs. */
function Minus() {
  return (
    <svg class="icon" width="24" height="24" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d="M5 12h14" />
    </svg>
  );
}

function ZoomButtons({ map, locale }: { map: L.Map | null; locale: Locale }) {
  const words = mapWords[locale];
  return (
    <div class="map__zoom">
      <MapButton icon="plus" label={words.zoomIn} onClick={() => map?.zoomIn()} />
      <button
        type="button"
        class="map-button"
        aria-label={words.zoomOut}
        title={words.zoomOut}
        onClick={() => map?.zoomOut()}
      >
        <Minus />
      </button>
    </div>
  );
}

// Browsers call the map's focus visible after a touch as well; what is there for keys must follow the keys.
function noteKeys({ currentTarget }: TargetedEvent<HTMLElement>) {
  currentTarget.dataset['keys'] = 'true';
}
function forgetKeys({ currentTarget, target }: TargetedEvent<HTMLElement>) {
  // Only upon the ground itself: a control that vanished under the pointer would swallow its own click.
  if (target instanceof Element && target.closest('.map__canvas') !== null)
    delete currentTarget.dataset['keys'];
}

/** The map's place on the page: the canvas, what belongs upon every map, and the words about its source. */
export function MapFrame(props: MapFrameProps) {
  const { container, map, basemap, theme, locale, padding, keys, label, children } = props;
  const { groundMissing = false } = props;
  const words = mapWords[locale];
  const keysId = useId();
  const vars = {
    '--map-top': `${padding.top}px`,
    '--map-right': `${padding.right}px`,
    '--map-bottom': `${padding.bottom}px`,
    '--map-left': `${padding.left}px`,
  };
  return (
    <div class="map" data-theme={theme} style={vars} onKeyUp={noteKeys} onPointerDown={forgetKeys}>
      <div
        ref={container}
        class="map__canvas"
        role={keys === undefined ? 'img' : 'region'}
        aria-label={label ?? words.map}
        aria-describedby={keys === undefined ? undefined : keysId}
      />
      {keys !== undefined && (
        <p id={keysId} class="map__keys">
          {keys}
        </p>
      )}
      <p class="map__missing" role="status">
        {groundMissing && words.groundMissing}
      </p>
      {children}
      {keys !== undefined && <ZoomButtons map={map} locale={locale} />}
      {basemap !== null && (
        <p class="map__attribution">
          {/* The licence wants the word to lead to it (openstreetmap.org/copyright). */}
          <a href="https://www.openstreetmap.org/copyright" target="_blank" rel="noreferrer">
            {basemap.attribution}
          </a>
        </p>
      )}
    </div>
  );
}
