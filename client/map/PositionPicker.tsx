import './picker.css';
import type * as L from 'leaflet';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Position } from '../../shared/geo.ts';
import { parseBoundary } from '../../shared/geo/boundary.ts';
import { isWithin, prepareBoundary } from '../../shared/geo/inside.ts';
import { useBoundaryLayer } from './boundary-layer.ts';
import { useCoarseAim } from './coarse-area.ts';
import { useGround } from './ground.ts';
import { nearTo } from './longitudes.ts';
import { MapFrame, MyPositionButton, myPositionMessage } from './MapFrame.tsx';
import { useMyPosition, useMyPositionLayer } from './my-position.ts';
import type { PositionPickerProps } from './props.ts';
import { shapeOf } from './shape.ts';
import { useLatest, useLeaflet } from './use-map.ts';
import { centreOn, fitShape, noPadding, viewOf } from './view.ts';
import { mapWords } from './words.ts';

const pinZoom = 17;
const reach = 500; // metres beyond the boundary that the server still takes
const keyStep = 24; // pixels: fine enough to choose a house door
const still = 1; // pixels: coming closer without going anywhere rounds by less

function Pin() {
  return (
    <svg class="picker__pin" width="48" height="60" viewBox="0 0 48 60" aria-hidden="true" focusable="false">
      <ellipse class="picker__shadow" cx="24" cy="56" rx="7" ry="2.5" />
      <g class="picker__body">
        <path class="picker__drop" d="M24 55s18-17.5 18-33a18 18 0 1 0-36 0c0 15.500 18 33 18 33Z" />
        <circle class="picker__hole" cx="24" cy="22" r="7" />
      </g>
    </svg>
  );
}

/** A map under a fixed pin: it is dragged, or tapped where the pin shall be. Fills its parent. */
export function PositionPicker(props: PositionPickerProps) {
  const { basemap, theme, locale, padding = noPadding, boundary, value, startAtMe = false } = props;
  const { coarse = false, goTo = null } = props;
  const words = mapWords[locale];
  const { container, map } = useLeaflet({ keyStep, steady: true });
  const boundaryKey = useMemo(() => JSON.stringify(boundary), [boundary]);
  const shape = useMemo(() => shapeOf(boundary), [boundaryKey]);
  const prepared = useMemo(() => {
    const parsed = parseBoundary(boundary);
    return parsed.ok ? prepareBoundary(parsed.boundary) : null;
  }, [boundaryKey]);
  const middle = shape?.middle ?? 0;
  const [inside, setInside] = useState(true);
  const [moving, setMoving] = useState(false);
  const { mine, start } = useMyPosition();
  const latest = useLatest({ ...props, padding, prepared });
  const first = useRef({ value, startAtMe });
  /** Whether somebody has chosen what lies under the pin: the middle of the neighbourhood is nobody's choice. */
  const chosen = useRef(value !== null);
  /** Whether to go to my position once it is found. A move of one's own meanwhile is the better word. */
  const goWhenFound = useRef(startAtMe);

  useGround(map, basemap, theme, locale);
  useBoundaryLayer(map, shape);
  useMyPositionLayer(map, mine, middle);
  useCoarseAim(map, coarse, middle, () => latest.current.padding);

  useEffect(() => {
    if (map === null || shape === null) return undefined;
    const tell = (position: Position) => {
      const { prepared, onChange } = latest.current;
      const within = prepared === null || isWithin(prepared, position, reach);
      setInside(within);
      onChange(position, within);
    };
    let from: L.LatLng | null = null;
    const lift = () => {
      from ??= map.getCenter();
      setMoving(true);
    };
    const report = () => {
      setMoving(false);
      const moved = from !== null && map.project(from).distanceTo(map.project(map.getCenter())) > still;
      from = null;
      if (moved) {
        chosen.current = true;
        goWhenFound.current = false;
      }
      // A map that nobody can see shows no place.
      if (!chosen.current || map.getSize().x === 0) return;
      tell(viewOf(map, latest.current.padding).centre);
    };
    const startAt = first.current.value;
    if (startAt === null) fitShape(map, shape, latest.current.padding);
    else centreOn(map, [startAt.lat, nearTo(shape.middle, startAt.lng)], pinZoom, latest.current.padding);
    if (first.current.startAtMe) start();
    // As it was given: read off the map, it would be rounded to a pixel each time that somebody comes back.
    if (startAt !== null) tell(startAt);
    let tapped: L.LatLng | null = null;
    const choose = (place: L.LatLng, zoom: number) => {
      chosen.current = true;
      goWhenFound.current = false;
      centreOn(map, place, zoom, latest.current.padding);
    };
    const tap = ({ latlng, originalEvent }: L.LeafletMouseEvent) => {
      // The second of two: the map moves already, and what was meant is what the first one touched.
      if (originalEvent.detail > 1) return;
      tapped = latlng;
      choose(latlng, map.getZoom());
    };
    const tapTwice = () => {
      if (tapped !== null) choose(tapped, map.getZoom() + 1);
    };
    const hears = { movestart: lift, moveend: report, click: tap, dblclick: tapTwice };
    map.on(hears);
    return () => {
      map.off(hears);
    };
  }, [map, shape]);

  const found = mine.state === 'on';
  const goToMe = () => {
    if (map === null || mine.state !== 'on') return;
    const { lat, lng } = mine.position;
    chosen.current = true;
    centreOn(map, [lat, nearTo(middle, lng)], Math.max(map.getZoom(), pinZoom), latest.current.padding);
  };
  useEffect(() => {
    if (goWhenFound.current) goToMe();
  }, [found]);
  useEffect(() => {
    if (map === null || goTo === null) return;
    chosen.current = true;
    goWhenFound.current = false;
    const { lat, lng } = goTo.position;
    centreOn(map, [lat, nearTo(middle, lng)], pinZoom, latest.current.padding);
  }, [map, goTo]);
  const askForMe = () => {
    goWhenFound.current = true;
    if (found) goToMe();
    else start();
  };

  const message = myPositionMessage(mine, locale);
  return (
    <MapFrame
      container={container}
      map={map}
      basemap={basemap}
      theme={theme}
      locale={locale}
      padding={padding}
      label={words.pinHere}
      keys={words.pickerKeys}
    >
      <div class={`picker ${moving ? 'picker--moving' : ''} ${inside ? '' : 'picker--outside'}`}>
        {coarse ? <span class="picker__aim" /> : <Pin />}
      </div>
      <p class={`picker__words ${inside ? '' : 'picker__words--outside'}`} role="status">
        {inside ? (coarse ? words.pinCoarse : words.pinHere) : words.pinOutside}
      </p>
      <div class="map__tools">
        <MyPositionButton mine={mine} locale={locale} onClick={askForMe} />
      </div>
      <p class="map__message" role="status">
        {message}
      </p>
    </MapFrame>
  );
}
