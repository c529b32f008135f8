import * as L from 'leaflet';
import { severityHtml } from '../ui/severity.tsx';
import { coarseArea } from './coarse-area.ts';
import { nearTo } from './longitudes.ts';
import type { PlaceMapProps } from './props.ts';
import { StillMap } from './StillMap.tsx';

const zoom = 16;
// So that a cell is large enough to be seen as one.
const coarseZoom = 17;

/** A still picture of where one incident is. */
export function PlaceMap({ incident, ...frame }: PlaceMapProps) {
  const { category, severity, status, position, coarse } = incident;
  return (
    <StillMap
      {...frame}
      of={`${position.lat} ${position.lng} ${coarse} ${category} ${severity} ${status}`}
      draw={(map, middle) => {
        const at: L.LatLngTuple = [position.lat, nearTo(middle, position.lng)];
        const pin = document.createElement('span');
        pin.className = `pin pin--incident ${coarse ? 'pin--coarse' : ''}`;
        pin.innerHTML = severityHtml({ category, severity, status }, 40); // constants only
        const icon = L.divIcon({ html: pin, className: 'pin-place', iconSize: [48, 48] });
        const marker = L.marker(at, { icon, interactive: false, keyboard: false }).addTo(map);
        const area = coarse ? coarseArea(position, middle).addTo(map) : null;
        return {
          look: () => void map.setView(at, coarse ? coarseZoom : zoom, { animate: false }),
          remove: () => {
            area?.remove();
            marker.remove();
          },
        };
      }}
    />
  );
}
