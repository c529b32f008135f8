import * as L from 'leaflet';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { pathLength, type Position } from '../../shared/geo.ts';
import { parseBoundary } from '../../shared/geo/boundary.ts';
import { isWithin, prepareBoundary } from '../../shared/geo/inside.ts';
import type { Locale } from '../../shared/text.ts';
import { lengthText } from '../i18n/lengths.ts';
import { useBoundaryLayer } from './boundary-layer.ts';
import { DrawingFrame } from './DrawingFrame.tsx';
import { EditorPanel } from './EditorPanel.tsx';
import { useGround } from './ground.ts';
import { nearTo, onEarth } from './longitudes.ts';
import { myPositionMessage } from './MapFrame.tsx';
import { useMyPosition, useMyPositionLayer } from './my-position.ts';
import type { Stroke } from './outline.ts';
import type { RouteEditorProps } from './props.ts';
import { shapeOf } from './shape.ts';
import { useDrawing, useTaps } from './use-drawing.ts';
import { useLatest, useLeaflet } from './use-map.ts';
import { centreOn, fitShape, noPadding, viewOf } from './view.ts';
import { mapWords } from './words.ts';

const nearZoom = 16;
const reach = 500; // metres beyond the boundary that the server still takes

// A tenth of a metre: more digits would be noise.
const rounded = (degrees: number) => Math.round(degrees * 1e6) / 1e6;
const planned = ({ lat, lng }: Position): Position => ({ lat: rounded(lat), lng: rounded(onEarth(lng)) });

function messageOf(route: readonly Position[], outside: boolean, most: number, locale: Locale): string {
  const words = mapWords[locale];
  if (outside) return words.routeOutside;
  if (route.length === 0) return words.routeHint;
  if (route.length === 1) return words.routeMore;
  const length = lengthText(pathLength(route), locale);
  return route.length >= most ? words.routeFull(length) : words.routeOn(length);
}

/** Draws the way that a patrol means to walk: a line by taps, or by keys from the middle of the map. Fills its parent. */
export function RouteEditor(props: RouteEditorProps) {
  const { basemap, theme, locale, padding = noPadding, boundary, meeting, most, onChange } = props;
  const words = mapWords[locale];
  const { container, map } = useLeaflet();
  const boundaryKey = useMemo(() => JSON.stringify(boundary), [boundary]);
  const shape = useMemo(() => shapeOf(boundary), [boundaryKey]);
  const prepared = useMemo(() => {
    const parsed = parseBoundary(boundary);
    return parsed.ok ? prepareBoundary(parsed.boundary) : null;
  }, [boundaryKey]);
  const middle = shape?.middle ?? 0;
  const given = useRef(props.value);
  const { mine, start } = useMyPosition();
  const latest = useLatest({ onChange, padding });

  const groundMissing = useGround(map, basemap, theme, locale);
  useBoundaryLayer(map, shape);
  useMyPositionLayer(map, mine, middle);
  const { outline, layer, picked, stroke, actions } = useDrawing(
    map,
    locale,
    () => ({
      corners: given.current.map(({ lat, lng }) => ({ lat, lng: nearTo(middle, lng) })),
      closed: false,
    }),
    { closes: false, most },
  );
  const full = outline.corners.length >= most;
  const add = (at: Position) => {
    const next: Stroke = { kind: 'add', at };
    if (!full) stroke(next);
  };
  useTaps(map, !full, ({ lat, lng }) => add({ lat, lng }));

  useEffect(() => {
    if (map === null || shape === null) return;
    const { padding } = latest.current;
    const corners = given.current.map(({ lat, lng }): L.LatLngTuple => [lat, nearTo(shape.middle, lng)]);
    if (corners.length > 1) map.fitBounds(L.latLngBounds(corners), { animate: false, padding: [24, 24] });
    else if (meeting === null) fitShape(map, shape, padding);
    else centreOn(map, [meeting.lat, nearTo(shape.middle, meeting.lng)], nearZoom, padding);
  }, [map, shape]);

  const meets = meeting === null ? '' : `${meeting.lat} ${meeting.lng}`;
  useEffect(() => {
    if (map === null || meeting === null) return undefined;
    const icon = L.divIcon({ className: 'meeting-pin', iconSize: [24, 24] });
    const at: L.LatLngTuple = [meeting.lat, nearTo(middle, meeting.lng)];
    const pin = L.marker(at, { icon, interactive: false, keyboard: false, pane: 'shadowPane' }).addTo(map);
    return () => {
      pin.remove();
    };
  }, [map, meets, middle]);

  useEffect(() => layer?.show(outline, false, picked), [layer, outline, picked, locale]);
  const route = useMemo(() => outline.corners.map(planned), [outline]);
  useEffect(() => latest.current.onChange(route), [route]);
  const outside = prepared !== null && route.some((corner) => !isWithin(prepared, corner, reach));

  return (
    <DrawingFrame
      container={container}
      map={map}
      basemap={basemap}
      theme={theme}
      locale={locale}
      padding={padding}
      groundMissing={groundMissing}
      label={words.routeMap}
      adding={!full}
      mine={mine}
      onMine={start}
    >
      <EditorPanel
        locale={locale}
        message={myPositionMessage(mine, locale) || messageOf(route, outside, most, locale)}
        urgent={outside}
        choice={null}
        onChoose={() => undefined}
        {...actions}
        {...(!full && {
          onHere: () => {
            if (map !== null) add(viewOf(map, padding).centre);
          },
        })}
        {...(outline.corners.length > 0 && { onStartOver: () => stroke({ kind: 'clear' }) })}
      />
    </DrawingFrame>
  );
}
