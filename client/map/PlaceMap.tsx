import * as L from 'leaflet';
import { useEffect, useMemo } from 'preact/hooks';
import { severityHtml } from '../ui/severity.tsx';
import { useBoundaryLayer } from './boundary-layer.ts';
import { coarseArea } from './coarse-area.ts';
import { useGround } from './ground.ts';
import { nearTo } from './longitudes.ts';
import { MapFrame } from './MapFrame.tsx';
import type { PlaceMapProps } from './props.ts';
import { shapeOf } from './shape.ts';
import { useLeaflet } from './use-map.ts';
import { noPadding } from './view.ts';

const zoom = 16;
// So that a cell is large enough to be seen as one.
const coarseZoom = 17;

/** A still picture of where one incident is. */
export function PlaceMap({ basemap, theme, locale, padding = noPadding, boundary, incident }: PlaceMapProps) {
  const { container, map } = useLeaflet({ interactive: false });
  const boundaryKey = useMemo(() => JSON.stringify(boundary), [boundary]);
  const shape = useMemo(() => shapeOf(boundary), [boundaryKey]);
  const { category, severity, status, position, coarse } = incident;
  const lng = nearTo(shape?.middle ?? 0, position.lng);

  useGround(map, basemap, theme, locale);
  useBoundaryLayer(map, shape);
  useEffect(() => {
    if (map === null) return undefined;
    const show = () => map.setView([position.lat, lng], coarse ? coarseZoom : zoom, { animate: false });
    show();
    map.on('resize', show);
    const pin = document.createElement('span');
    pin.className = `pin pin--incident ${coarse ? 'pin--coarse' : ''}`;
    pin.innerHTML = severityHtml({ category, severity, status }, 40); // constants only
    const icon = L.divIcon({ html: pin, className: 'pin-place', iconSize: [48, 48] });
    const marker = L.marker([position.lat, lng], { icon, interactive: false, keyboard: false }).addTo(map);
    const area = coarse ? coarseArea(position, shape?.middle ?? 0).addTo(map) : null;
    return () => {
      map.off('resize', show);
      area?.remove();
      marker.remove();
    };
  }, [map, position.lat, lng, coarse, category, severity, status]);

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
