import * as L from 'leaflet';
import { useEffect } from 'preact/hooks';
import type { Position } from '../../shared/geo.ts';
import { nearTo } from './longitudes.ts';
import { namedIcon } from './named-icon.ts';

/** A place on the way with a code to be read there. */
export type CheckpointPlace = { name: string; position: Position };

/** Checkpoints as small squares on end with their names. @param middle as of the incidents */
export function useCheckpointLayer(
  map: L.Map | null,
  checkpoints: readonly CheckpointPlace[] | undefined,
  middle: number,
): void {
  const key = JSON.stringify(checkpoints ?? []);
  useEffect(() => {
    if (map === null) return undefined;
    const marks = (JSON.parse(key) as CheckpointPlace[]).map(({ name, position: { lat, lng } }) => {
      const icon = namedIcon('checkpoint-mark', 16, name);
      // Whoever stands there is drawn over it.
      const still = { interactive: false, keyboard: false, pane: 'shadowPane', zIndexOffset: -1000 };
      return L.marker([lat, nearTo(middle, lng)], { icon, ...still });
    });
    const group = L.layerGroup(marks).addTo(map);
    return () => {
      group.remove();
    };
  }, [map, key, middle]);
}
