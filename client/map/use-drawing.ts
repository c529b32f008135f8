import type * as L from 'leaflet';
import { useEffect, useReducer, useState } from 'preact/hooks';
import type { Locale } from '../../shared/text.ts';
import { draw, type Drawing, type Outline, type Stroke } from './outline.ts';
import { OutlineLayer } from './outline-layer.ts';
import { useLatest } from './use-map.ts';
import { mapWords } from './words.ts';

const tapApart = 10; // pixels: two taps closer than this are one, such as a double click

/** Takes corners from taps on the map. */
export function useTaps(map: L.Map | null, drawing: boolean, onTap: (at: L.LatLng) => void): void {
  const latest = useLatest(onTap);
  useEffect(() => {
    if (map === null || !drawing) return undefined;
    map.doubleClickZoom.disable();
    let last: L.Point | null = null;
    const tap = ({ latlng, containerPoint }: L.LeafletMouseEvent) => {
      if (last !== null && last.distanceTo(containerPoint) < tapApart) return;
      last = containerPoint;
      latest.current(latlng);
    };
    map.on('click', tap);
    return () => {
      map.off('click', tap);
    };
  }, [map, drawing]);
}

/** A line being drawn on the map, with its handles for fingers and keys. @param first what is there to begin with @param line whether it goes round something, and its corners at most */
export function useDrawing(
  map: L.Map | null,
  locale: Locale,
  first: () => Outline,
  line: { closes: boolean; most: number },
) {
  const [drawing, stroke] = useReducer(
    (before: Drawing, one: Stroke) => draw(before, one, line.most),
    undefined,
    (): Drawing => ({ now: first(), before: [] }),
  );
  const [picked, setPicked] = useState<number | null>(null);
  const [layer, setLayer] = useState<OutlineLayer | null>(null);
  const words = useLatest(mapWords[locale]);
  useEffect(() => {
    if (map === null) return undefined;
    const created = new OutlineLayer(map, {
      onStroke: stroke,
      onPick: setPicked,
      cornerName: (corner, of) => `${words.current.corner(corner + 1, of)}. ${words.current.cornerKeys}`,
      middleName: (corner) => words.current.middle(corner + 1),
      closes: line.closes,
    });
    setLayer(created);
    return () => {
      setLayer(null);
      created.remove();
    };
  }, [map]);
  const { now: outline, before } = drawing;
  const removePicked = () => {
    if (picked !== null) stroke({ kind: 'remove', corner: picked });
    setPicked(null);
  };
  return {
    outline,
    layer,
    picked,
    stroke: (one: Stroke) => {
      if (one.kind === 'clear') setPicked(null);
      stroke(one);
    },
    /** Each is there only while it makes sense. */
    actions: {
      ...(before.length > 0 && { onUndo: () => stroke({ kind: 'undo' }) }),
      ...(picked !== null && picked < outline.corners.length && { onRemove: removePicked }),
    },
  };
}
