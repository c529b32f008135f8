import * as L from 'leaflet';
import { useEffect } from 'preact/hooks';
import type { Position } from '../../shared/geo.ts';
import { coarseCell, coarsePosition } from '../../shared/geo/grid.ts';
import type { Id } from '../../shared/text.ts';
import { nearTo } from './longitudes.ts';
import type { MapPadding } from './props.ts';
import { viewOf } from './view.ts';

/** The cell's corners beside `middle`; columns never cross the antimeridian, so one shift moves both. */
function cornersOf(position: Position, middle: number): L.LatLngBoundsLiteral {
  const { west, south, east, north } = coarseCell(position);
  const { lng } = coarsePosition(position);
  const shift = nearTo(middle, lng) - lng;
  return [
    [south, west + shift],
    [north, east + shift],
  ];
}

/** The square that stands for a home: as much as anybody is told. @param middle as of the incidents */
export function coarseArea(position: Position, middle: number): L.Rectangle {
  return L.rectangle(cornersOf(position, middle), { interactive: false, className: 'coarse-area' });
}

type Coarse = { id: Id; position: Position };

/** The squares of the coarse incidents that a map shows; changes only what changed. */
export class CoarseAreas {
  private readonly map: L.Map;
  private readonly shown = new Map<string, L.Rectangle>();

  constructor(map: L.Map) {
    this.map = map;
  }

  draw(incidents: readonly Coarse[], middle: number): void {
    const wanted = new Map(
      incidents.map(({ id, position }) => [`${id} ${position.lat} ${position.lng} ${middle}`, position]),
    );
    for (const [key, area] of this.shown) {
      if (wanted.has(key)) continue;
      area.remove();
      this.shown.delete(key);
    }
    for (const [key, position] of wanted) {
      if (!this.shown.has(key)) this.shown.set(key, coarseArea(position, middle).addTo(this.map));
    }
  }
}

/** While a place is chosen: the square that neighbours will see, and ≈ in its middle, wherever the map is dragged. */
export function useCoarseAim(
  map: L.Map | null,
  on: boolean,
  middle: number,
  paddingNow: () => MapPadding,
): void {
  useEffect(() => {
    if (map === null || !on) return undefined;
    const aimed = () => viewOf(map, paddingNow()).centre;
    const area = coarseArea(aimed(), middle).addTo(map);
    const icon = L.divIcon({ html: '≈', className: 'coarse-mark', iconSize: [28, 28] });
    const mark = L.marker([0, 0], { icon, interactive: false, keyboard: false }).addTo(map);
    const follow = () => {
      const position = aimed();
      const { lat, lng } = coarsePosition(position);
      area.setBounds(L.latLngBounds(cornersOf(position, middle)));
      mark.setLatLng([lat, nearTo(middle, lng)]);
    };
    follow();
    map.on('move', follow);
    return () => {
      map.off('move', follow);
      area.remove();
      mark.remove();
    };
  }, [map, on, middle]);
}
