import type * as L from 'leaflet';
import { useEffect, useMemo } from 'preact/hooks';
import type { BoundaryGeometry } from '../../shared/neighbourhoods.ts';
import { useBoundaryLayer } from './boundary-layer.ts';
import { useGround } from './ground.ts';
import { MapFrame } from './MapFrame.tsx';
import type { GroundProps } from './props.ts';
import { shapeOf } from './shape.ts';
import { useLatest, useLeaflet } from './use-map.ts';
import { noPadding } from './view.ts';

type StillMapProps = GroundProps & {
  boundary: BoundaryGeometry;
  /** Says when to draw anew. */
  of: string;
  /** Draws what the picture is of, and says how to look at it and what to take away again. */
  draw: (map: L.Map, middle: number) => { look: () => void; remove: () => void };
};

/** A still picture of something in the neighbourhood: no dragging, no focus. Fills its parent. */
export function StillMap({ draw, of, boundary, padding = noPadding, ...ground }: StillMapProps) {
  const { container, map } = useLeaflet({ interactive: false });
  const boundaryKey = useMemo(() => JSON.stringify(boundary), [boundary]);
  const shape = useMemo(() => shapeOf(boundary), [boundaryKey]);
  const latest = useLatest(draw);

  useGround(map, ground.basemap, ground.theme, ground.locale);
  useBoundaryLayer(map, shape);
  useEffect(() => {
    if (map === null) return undefined;
    const { look, remove } = latest.current(map, shape?.middle ?? 0);
    look();
    map.on('resize', look);
    return () => {
      map.off('resize', look);
      remove();
    };
  }, [map, of, shape]);

  return <MapFrame {...ground} container={container} map={map} padding={padding} />;
}
