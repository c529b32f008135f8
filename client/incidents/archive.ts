import { signal } from '@preact/signals';
import type { Bbox } from '../../shared/geo.ts';
import { type Api, failureCode } from '../api.ts';
import type { OpenRoom } from '../state/room.ts';

const pageSize = 1000;
const mostPages = 10;

/** The part of the map on the screen holds more than is loaded. */
export const archiveIsCapped = signal(false);

/** The map's box as the list call wants it: west,south,east,north in degrees. */
const asQuery = ({ west, south, east, north }: Bbox) =>
  [west, south, east, north].map((degrees) => degrees.toFixed(5)).join(',');

/**
 * Loads what happened in the part of the map on the screen, further back than the snapshot goes: an import's thousands
 * come this way. One load at a time; a newer view replaces an older one.
 */
export function createArchive(api: Pick<Api, 'incidents'>) {
  let round = 0;

  return async function load({ id, state }: OpenRoom, box: Bbox): Promise<void> {
    round += 1;
    const mine = round;
    let cursor: string | null = null;
    try {
      for (let page = 0; page < mostPages; page += 1) {
        const answer: Awaited<ReturnType<Api['incidents']>> = await api.incidents(id, {
          bbox: asQuery(box),
          limit: pageSize,
          ...(cursor === null ? {} : { cursor }),
        });
        if (mine !== round) return;
        state.addToArchive(answer.incidents);
        cursor = answer.cursor;
        if (cursor === null) break;
      }
      archiveIsCapped.value = cursor !== null;
    } catch (error) {
      // What is known stays on the map; the next view tries again.
      failureCode(error);
    }
  };
}
