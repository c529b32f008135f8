import * as L from 'leaflet';
import { useEffect, useMemo } from 'preact/hooks';
import type { Position } from '../../shared/geo.ts';
import { useBoundaryLayer } from './boundary-layer.ts';
import { useGround } from './ground.ts';
import { nearTo } from './longitudes.ts';
import { MapFrame } from './MapFrame.tsx';
import type { PlaceMapProps } from './props.ts';
import { shapeOf } from './shape.ts';
import { useLeaflet } from './use-map.ts';
import { noPadding } from './view.ts';

const zoom = 16;

/** A still picture of where a patrol meets, and of its route where it has one. */
export function MeetingMap({
  basemap,
  theme,
  locale,
  padding = noPadding,
  boundary,
  meeting,
  route,
}: Omit<PlaceMapProps, 'incident'> & { meeting: Position; route: readonly Position[] }) {
  const { container, map } = useLeaflet({ interactive: false });
  const boundaryKey = useMemo(() => JSON.stringify(boundary), [boundary]);
  const shape = useMemo(() => shapeOf(boundary), [boundaryKey]);
  const path = JSON.stringify([meeting, ...route]);

  useGround(map, basemap, theme, locale);
  useBoundaryLayer(map, shape);
  useEffect(() => {
    if (map === null) return undefined;
    const at = ({ lat, lng }: Position): L.LatLngTuple => [lat, nearTo(shape?.middle ?? 0, lng)];
    const points = [meeting, ...route].map(at);
    const show = () => {
      if (route.length === 0) map.setView(at(meeting), zoom, { animate: false });
      else map.fitBounds(L.latLngBounds(points), { animate: false, padding: [24, 24], maxZoom: zoom });
    };
    show();
    map.on('resize', show);
    const icon = L.divIcon({ className: 'meeting-pin', iconSize: [24, 24] });
    const marker = L.marker(at(meeting), { icon, interactive: false, keyboard: false }).addTo(map);
    const line =
      route.length === 0
        ? null
        : L.polyline(points, { className: 'meeting-route', interactive: false }).addTo(map);
    return () => {
      map.off('resize', show);
      marker.remove();
      line?.remove();
    };
  }, [map, path, shape]);

  return (
    <MapFrame
      container={container}
      map={map}
      basemap={basemap}
      theme={theme}
      locale={locale}
      padding={padding}
    />
  );
}
