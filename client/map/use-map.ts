import * as L from 'leaflet';
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { prefersStillness } from './view.ts';

type MapOptions = {
  /** False for a picture: no dragging, no keys, no wheel. */
  interactive?: boolean;
  /** Pixels that one press of an arrow key moves the map. */
  keyStep?: number;
  /** For choosing a place: no gliding on after a drag, a new size leaves the middle where it is, and taps choose. */
  steady?: boolean;
};

const shallowest = 2;
const deepest = 19;

function createMap(
  container: HTMLElement,
  { interactive = true, keyStep = 80, steady = false }: MapOptions,
): L.Map {
  const map = L.map(container, {
    zoomControl: false,
    attributionControl: false, // ours is words, never HTML
    minZoom: shallowest,
    maxZoom: deepest,
    keyboardPanDelta: keyStep,
    ...(prefersStillness() && { zoomAnimation: false, fadeAnimation: false, inertia: false }),
    ...(steady && { inertia: false, doubleClickZoom: false }),
    ...(interactive
      ? {}
      : {
          dragging: false,
          keyboard: false,
          scrollWheelZoom: false,
          doubleClickZoom: false,
          boxZoom: false,
          touchZoom: false,
        }),
  });
  map.setView([0, 0], shallowest);
  if (!interactive) container.removeAttribute('tabindex');
  return map;
}

/** Keeps the latest value for callbacks that outlive a render. */
export function useLatest<T>(value: T): RefObject<T> {
  const ref = useRef(value);
  ref.current = value;
  return ref;
}

/** One Leaflet map for as long as the component lives; null before it is mounted. Follows its container's size. */
export function useLeaflet(options: MapOptions = {}): {
  container: RefObject<HTMLDivElement | null>;
  map: L.Map | null;
} {
  const container = useRef<HTMLDivElement | null>(null);
  const [map, setMap] = useState<L.Map | null>(null);
  const first = useRef(options);
  useEffect(() => {
    if (container.current === null) return undefined;
    const created = createMap(container.current, first.current);
    const sizes = new ResizeObserver(([entry]) => {
      // A container that leaves the page shrinks to nothing first: that is no new size, and moves nothing.
      if (!entry?.target.isConnected || entry.contentRect.width === 0) return;
      created.invalidateSize({ animate: false, pan: first.current.steady === true });
    });
    sizes.observe(container.current);
    setMap(created);
    return () => {
      sizes.disconnect();
      setMap(null);
      created.remove();
    };
  }, []);
  return { container, map };
}
