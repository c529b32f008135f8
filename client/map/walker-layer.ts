import * as L from 'leaflet';
import { useEffect } from 'preact/hooks';
import type { Position } from '../../shared/geo.ts';
import { coarseArea } from './coarse-area.ts';
import { nearTo } from './longitudes.ts';

/** Where somebody walks a round: a dot, or for whoever is not on duty a square that says "near here". */
export type WalkerPlace = { position: Position; accuracy: number; exact: boolean; label: string };

/** Dots and squares of those who walk, and the way they mean to go. @param middle as of the incidents */
export function useWalkerLayer(
  map: L.Map | null,
  walkers: readonly WalkerPlace[] | undefined,
  route: readonly Position[] | undefined,
  middle: number,
): void {
  const key = JSON.stringify(walkers ?? []);
  useEffect(() => {
    if (map === null) return undefined;
    const shown = (JSON.parse(key) as WalkerPlace[]).flatMap(({ position, accuracy, exact, label }) => {
      const at: [number, number] = [position.lat, nearTo(middle, position.lng)];
      const icon = L.divIcon({
        className: `walker walker--${exact ? 'exact' : 'coarse'}`,
        iconSize: [24, 24],
      });
      const mark = L.marker(at, {
        icon,
        interactive: false,
        keyboard: false,
        pane: 'shadowPane',
        alt: label,
      });
      const around = exact
        ? L.circle(at, { radius: accuracy, interactive: false, className: 'walker-accuracy' })
        : coarseArea(position, middle);
      return [around, mark];
    });
    const group = L.layerGroup(shown).addTo(map);
    return () => {
      group.remove();
    };
  }, [map, key, middle]);

  const way = JSON.stringify(route ?? []);
  useEffect(() => {
    const corners = JSON.parse(way) as Position[];
    if (map === null || corners.length < 2) return undefined;
    const line = L.polyline(
      corners.map(({ lat, lng }): [number, number] => [lat, nearTo(middle, lng)]),
      { interactive: false, className: 'walk-route' },
    ).addTo(map);
    return () => {
      line.remove();
    };
  }, [map, way, middle]);
}
