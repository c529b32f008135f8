import * as L from 'leaflet';
import { useEffect } from 'preact/hooks';
import { severityHtml } from '../ui/severity.tsx';
import { nearTo } from './longitudes.ts';
import type { WaitingAlert } from './props.ts';

/** What has not left this device: a picture only, since the list leads to it. @param middle as of the incidents */
export function useWaitingLayer(
  map: L.Map | null,
  waiting: readonly WaitingAlert[] | undefined,
  middle: number,
): void {
  const key = JSON.stringify(waiting ?? []);
  useEffect(() => {
    if (map === null) return undefined;
    const markers = (JSON.parse(key) as WaitingAlert[]).map(({ category, severity, position }) => {
      const pin = document.createElement('span');
      pin.className = 'pin pin--waiting';
      pin.innerHTML = severityHtml({ category, severity, status: 'closed' }, 34); // constants only
      const icon = L.divIcon({ html: pin, className: 'pin-place', iconSize: [48, 48] });
      const at: [number, number] = [position.lat, nearTo(middle, position.lng)];
      return L.marker(at, { icon, interactive: false, keyboard: false, pane: 'shadowPane' });
    });
    const group = L.layerGroup(markers).addTo(map);
    return () => {
      group.remove();
    };
  }, [map, key, middle]);
}
