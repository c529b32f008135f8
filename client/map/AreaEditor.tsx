import * as L from 'leaflet';
import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import type { BoundaryGeometry } from '../../shared/neighbourhoods.ts';
import { mostPoints, type Shape } from '../../shared/preferences.ts';
import type { Locale } from '../../shared/text.ts';
import { type AreaKind, type AreaSize, type AreaState, cornersOf, judgeArea } from './area-shape.ts';
import { useBoundaryLayer } from './boundary-layer.ts';
import { DrawingFrame } from './DrawingFrame.tsx';
import { EditorPanel } from './EditorPanel.tsx';
import { useGround } from './ground.ts';
import { myPositionMessage } from './MapFrame.tsx';
import { useMyPosition, useMyPositionLayer } from './my-position.ts';
import { draw, type Drawing, missingCorners, type Outline, type Stroke } from './outline.ts';
import { OutlineLayer } from './outline-layer.ts';
import type { GroundProps } from './props.ts';
import { shapeOf } from './shape.ts';
import { useTaps } from './use-drawing.ts';
import { useLatest, useLeaflet } from './use-map.ts';
import { centreOn, fitShape, noPadding, toLatLng, viewOf } from './view.ts';
import { mapWords } from './words.ts';

const closeEnough = 15;

export type AreaEditorProps = GroundProps & {
  /** The neighbourhood's, for finding one's way. */
  boundary: BoundaryGeometry;
  kind: AreaKind;
  size: AreaSize;
  /** What to begin with. */
  value: Shape | null;
  /** The place as it will be kept; null while the drawing makes none. */
  onChange: (shape: Shape | null) => void;
};

function wordsFor(state: AreaState, kind: AreaKind, outline: Outline, locale: Locale): string {
  const words = mapWords[locale];
  switch (state) {
    case 'empty':
      return words.areaHint[kind];
    case 'missing':
      return words.drawMore(kind === 'line' ? 1 : missingCorners(outline));
    case 'open':
      return words.drawOpen;
    case 'crossing':
      return words.drawCrossing;
    case 'unusable':
      return words.drawUnusable;
    case 'tooMany':
      return words.areaTooMany;
    case 'done':
      break;
  }
  return words.areaDone[kind];
}

/** How far a circle reaches, drawn around its middle. */
function useReach(map: L.Map | null, outline: Outline, radius: number | null): void {
  const [centre] = outline.corners;
  useEffect(() => {
    if (map === null || centre === undefined || radius === null) return undefined;
    const circle = L.circle(toLatLng(centre), { radius, interactive: false, className: 'area-reach' });
    circle.addTo(map);
    return () => {
      circle.remove();
    };
  }, [map, centre?.lat, centre?.lng, radius]);
}

/**
 * Draws a place that matters to somebody: the middle of a circle, the corners of an outline or of a way. Fills its
 * parent; a new `kind` begins anew with the corners that there are.
 */
export function AreaEditor(props: AreaEditorProps) {
  const { basemap, theme, locale, padding = noPadding, boundary, kind, size, value, onChange } = props;
  const words = mapWords[locale];
  const { container, map } = useLeaflet();
  const given = useRef(value);
  const [drawing, stroke] = useReducer(
    (before: Drawing, one: Stroke) => draw(before, one, mostPoints),
    undefined,
    (): Drawing => ({ now: cornersOf(given.current), before: [] }),
  );
  const [picked, setPicked] = useState<number | null>(null);
  const [layer, setLayer] = useState<OutlineLayer | null>(null);
  const { mine, start } = useMyPosition();
  // A circle has a middle and nothing else; only an outline is closed.
  const outline = useMemo((): Outline => {
    const { corners, closed } = drawing.now;
    return { corners: kind === 'circle' ? corners.slice(-1) : corners, closed: closed && kind === 'polygon' };
  }, [drawing.now, kind]);
  const judged = useMemo(() => judgeArea(kind, outline, size), [kind, outline, size.radius, size.width]);
  const shape = useMemo(() => shapeOf(boundary), [boundary]);

  const strike = (next: Stroke) => {
    const first = drawing.now.corners.length - outline.corners.length;
    if (next.kind === 'close' && kind !== 'polygon') setPicked(0);
    else if ('corner' in next) stroke({ ...next, corner: next.corner + first });
    else stroke(next);
  };
  const latest = useLatest({ words, padding, onChange, strike });

  const groundMissing = useGround(map, basemap, theme, locale);
  useBoundaryLayer(map, shape);
  useMyPositionLayer(map, mine, shape?.middle ?? 0);
  useReach(map, outline, kind === 'circle' ? size.radius : null);
  useTaps(map, !outline.closed, ({ lat, lng }) => stroke({ kind: 'add', at: { lat, lng } }));

  useEffect(() => {
    if (map === null) return undefined;
    const [first] = cornersOf(given.current).corners;
    if (first !== undefined) centreOn(map, toLatLng(first), closeEnough, latest.current.padding);
    else if (shape !== null) fitShape(map, shape, latest.current.padding);
    const created = new OutlineLayer(map, {
      onStroke: (next) => latest.current.strike(next),
      onPick: setPicked,
      cornerName: (corner, of) =>
        `${latest.current.words.corner(corner + 1, of)}. ${latest.current.words.cornerKeys}`,
      middleName: (corner) => latest.current.words.middle(corner + 1),
      // Which it is may change: see `strike`.
      closes: true,
    });
    setLayer(created);
    return () => {
      setLayer(null);
      created.remove();
    };
  }, [map]);

  useEffect(() => {
    layer?.show(outline, judged.state === 'crossing', picked);
  }, [layer, outline, judged.state, picked, locale]);
  useEffect(() => latest.current.onChange(judged.shape), [judged.shape]);

  const open = !outline.closed;
  const message = wordsFor(judged.state, kind, outline, locale);
  return (
    <DrawingFrame
      container={container}
      map={map}
      basemap={basemap}
      theme={theme}
      locale={locale}
      padding={padding}
      groundMissing={groundMissing}
      label={words.areaMap}
      adding={open}
      mine={mine}
      onMine={start}
    >
      <EditorPanel
        locale={locale}
        message={myPositionMessage(mine, locale) || message}
        urgent={['crossing', 'unusable', 'tooMany'].includes(judged.state)}
        choice={null}
        onChoose={() => undefined}
        {...(judged.state === 'open' && { onClose: () => stroke({ kind: 'close' }) })}
        {...(open && {
          onHere: () => {
            if (map !== null) stroke({ kind: 'add', at: viewOf(map, padding).centre });
          },
        })}
        {...(drawing.before.length > 0 && { onUndo: () => stroke({ kind: 'undo' }) })}
        {...(picked !== null &&
          kind !== 'circle' &&
          picked < outline.corners.length && {
            onRemove: () => {
              strike({ kind: 'remove', corner: picked });
              setPicked(null);
            },
          })}
        {...(outline.corners.length > 0 && {
          onStartOver: () => {
            setPicked(null);
            stroke({ kind: 'clear' });
          },
        })}
      />
    </DrawingFrame>
  );
}
