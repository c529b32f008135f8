import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { parseBoundary } from '../../shared/geo/boundary.ts';
import type { BoundaryGeometry } from '../../shared/neighbourhoods.ts';
import type { Locale } from '../../shared/text.ts';
import { type FileContent, readBoundaryFile, readPlace } from './boundary-file.ts';
import { useBoundaryLayer } from './boundary-layer.ts';
import { DrawingFrame } from './DrawingFrame.tsx';
import { type Choice, EditorPanel } from './EditorPanel.tsx';
import { useGround } from './ground.ts';
import { myPositionMessage } from './MapFrame.tsx';
import { useMyPosition, useMyPositionLayer } from './my-position.ts';
import { areaOf, crossesItself, emptyOutline, geometryOfOutline, mostCorners } from './outline.ts';
import { missingCorners, type Outline, outlineOf } from './outline.ts';
import type { BoundaryEditorProps } from './props.ts';
import { shapeOf } from './shape.ts';
import { useDrawing, useTaps } from './use-drawing.ts';
import { useLatest, useLeaflet } from './use-map.ts';
import { centreOn, fitBox, fitShape, noPadding, viewOf } from './view.ts';
import { mapWords } from './words.ts';

function areaText(outline: Outline, locale: Locale): string {
  const squareMetres = areaOf(outline);
  const [value, unit] = squareMetres < 1e6 ? [squareMetres / 1e4, 'ha'] : [squareMetres / 1e6, 'km²'];
  return `${Intl.NumberFormat(locale, { maximumSignificantDigits: 2 }).format(value)} ${unit}`;
}

type Judgement = { message: string; crossing: boolean; boundary: BoundaryGeometry | null };

/** What is to be said about a drawing, and the boundary that it makes, if any. */
function judge(outline: Outline, locale: Locale): Judgement {
  const words = mapWords[locale];
  const crossing = crossesItself(outline);
  if (crossing) return { message: words.drawCrossing, crossing, boundary: null };
  if (outline.corners.length === 0) return { message: words.drawHint, crossing, boundary: null };
  const missing = missingCorners(outline);
  if (missing > 0) return { message: words.drawMore(missing), crossing, boundary: null };
  if (!outline.closed) return { message: words.drawOpen, crossing, boundary: null };
  const boundary = geometryOfOutline(outline);
  if (!parseBoundary(boundary).ok) return { message: words.drawUnusable, crossing, boundary: null };
  return { message: words.drawClosed(areaText(outline, locale)), crossing, boundary };
}

/**
 * Draws a neighbourhood's boundary on the map, or takes it from a GeoJSON file. Fills its parent. The words and the
 * buttons lie below the map, so that they cover nothing of what is drawn.
 */
export function BoundaryEditor(props: BoundaryEditorProps) {
  const { basemap, theme, locale, padding = noPadding, value, onChange } = props;
  const words = mapWords[locale];
  const { container, map } = useLeaflet();
  const given = useRef({
    outline: value === null ? emptyOutline : outlineOf(value),
    startView: props.startView,
  });
  const { outline, layer, picked, stroke, actions } = useDrawing(
    map,
    locale,
    () => given.current.outline ?? emptyOutline,
    { closes: true, most: mostCorners },
  );
  // A boundary from a file is shown as it is: too intricate for handles.
  const [imported, setImported] = useState(given.current.outline === null ? value : null);
  const [simplified, setSimplified] = useState(false);
  const [choice, setChoice] = useState<Choice | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const { mine, start } = useMyPosition();
  const judgement = useMemo(() => judge(outline, locale), [outline, locale]);
  const shape = useMemo(() => (imported === null ? null : shapeOf(imported)), [imported]);
  const latest = useLatest({ padding, onChange, onName: props.onName });

  const groundMissing = useGround(map, basemap, theme, locale);
  useBoundaryLayer(map, shape);
  useMyPositionLayer(map, mine, map?.getCenter().lng ?? 0);
  useTaps(map, imported === null && !outline.closed, ({ lat, lng }) =>
    stroke({ kind: 'add', at: { lat, lng } }),
  );

  useEffect(() => {
    if (map === null) return;
    const { startView } = given.current;
    const first = value === null ? null : shapeOf(value);
    if (first !== null) fitShape(map, first, latest.current.padding);
    else if (startView !== undefined) centreOn(map, startView.centre, startView.zoom, latest.current.padding);
    else if (basemap?.bounds !== undefined) fitBox(map, basemap.bounds, latest.current.padding);
  }, [map]);

  useEffect(() => {
    layer?.show(imported === null ? outline : emptyOutline, judgement.crossing, picked);
  }, [layer, outline, imported, judgement.crossing, picked, locale]);

  const boundary = imported ?? judgement.boundary;
  useEffect(() => latest.current.onChange(boundary), [boundary]);

  const take = (content: FileContent) => {
    setChoice(content.kind === 'choice' ? content : null);
    setProblem(content.kind === 'problem' ? words[content.problem] : null);
    if (content.kind !== 'boundary') return;
    setImported(content.geometry);
    setSimplified(content.simplified);
    if (content.name !== null) latest.current.onName?.(content.name);
    const read = shapeOf(content.geometry);
    if (map !== null && read !== null) fitShape(map, read, padding);
  };
  const openFile = async (file: Blob) => take(await readBoundaryFile(file));
  const startOver = () => {
    setImported(null);
    setChoice(null);
    setProblem(null);
    stroke({ kind: 'clear' });
  };
  const addHere = () => {
    if (map !== null) stroke({ kind: 'add', at: viewOf(map, padding).centre });
  };

  const open = imported === null && !outline.closed;
  const canClose = open && missingCorners(outline) === 0;
  const ofFile = simplified ? words.drawSimplified : words.drawImported;
  const message = problem ?? (imported === null ? judgement.message : ofFile);
  return (
    <DrawingFrame
      container={container}
      map={map}
      basemap={basemap}
      theme={theme}
      locale={locale}
      padding={padding}
      groundMissing={groundMissing}
      adding={open}
      mine={mine}
      onMine={start}
    >
      <EditorPanel
        locale={locale}
        message={myPositionMessage(mine, locale) || message}
        urgent={judgement.crossing || problem !== null}
        choice={choice}
        onChoose={(feature) => take(readPlace(feature))}
        {...((imported !== null || outline.corners.length === 0) && { onFile: openFile })}
        {...(canClose && { onClose: () => stroke({ kind: 'close' }) })}
        {...(open && { onHere: addHere })}
        {...(imported === null && actions)}
        {...((imported !== null || outline.corners.length > 0) && { onStartOver: startOver })}
      />
    </DrawingFrame>
  );
}
