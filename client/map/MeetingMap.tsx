import * as L from 'leaflet';
import type { Position } from '../../shared/geo.ts';
import { nearTo } from './longitudes.ts';
import type { PlaceMapProps } from './props.ts';
import { StillMap } from './StillMap.tsx';

const zoom = 16;

type MeetingMapProps = Omit<PlaceMapProps, 'incident'> & { meeting: Position; route: readonly Position[] };

/** A still picture of where a patrol meets, and of its route where it has one. */
export function MeetingMap({ meeting, route, ...frame }: MeetingMapProps) {
  return (
    <StillMap
      {...frame}
      of={JSON.stringify([meeting, ...route])}
      draw={(map, middle) => {
        const at = ({ lat, lng }: Position): L.LatLngTuple => [lat, nearTo(middle, lng)];
        const icon = L.divIcon({ className: 'meeting-pin', iconSize: [24, 24] });
        const marker = L.marker(at(meeting), { icon, interactive: false, keyboard: false });
        const line = L.polyline(route.map(at), { className: 'walk-route', interactive: false });
        const group = L.layerGroup(route.length === 0 ? [marker] : [line, marker]).addTo(map);
        return {
          look: () => {
            const bounds = L.latLngBounds([meeting, ...route].map(at));
            if (route.length === 0) map.setView(at(meeting), zoom, { animate: false });
            else map.fitBounds(bounds, { animate: false, padding: [24, 24], maxZoom: zoom });
          },
          remove: () => void group.remove(),
        };
      }}
    />
  );
}
