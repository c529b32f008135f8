import * as L from 'leaflet';
import { useEffect } from 'preact/hooks';
import type { Position } from '../../shared/geo.ts';
import { coarseArea } from './coarse-area.ts';
import { nearTo } from './longitudes.ts';
import { namedIcon } from './named-icon.ts';

/** Where somebody walks a round: a dot, or for whoever is not on duty a square that says "near here". */
export type WalkerPlace = {
  position: Position;
  accuracy: number;
  exact: boolean;
  label: string;
  /** Written beside the dot; nobody's where it is only near here. */
  name?: string;
};

/** Dots and squares of those who walk. @param middle as of the incidents */
export function useWalkerLayer(
  map: L.Map | null,
  walkers: readonly WalkerPlace[] | undefined,
  middle: number,
): void {
  const key = JSON.stringify(walkers ?? []);
  useEffect(() => {
    if (map === null) return undefined;
    const shown = (JSON.parse(key) as WalkerPlace[]).flatMap(({ position, accuracy, exact, label, name }) => {
      const at: [number, number] = [position.lat, nearTo(middle, position.lng)];
      const icon = namedIcon(`walker walker--${exact ? 'exact' : 'coarse'}`, 24, name);
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
}
