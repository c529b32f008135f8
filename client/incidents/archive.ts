import { signal } from '@preact/signals';
import type { Bbox } from '../../shared/geo.ts';
import { type Api, failureCode } from '../api.ts';
import { toBbox } from '../map/longitudes.ts';
import type { OpenRoom } from '../state/room.ts';

const pageSize = 1000;
const mostPages = 10;
// On each side, as a share of the view: a small pan then costs nothing.
const spare = 0.5;

/** The part of the map on the screen holds more than is loaded. */
export const archiveIsCapped = signal(false);

/** The map's box as the list call wants it: west,south,east,north in degrees. */
const asQuery = ({ west, south, east, north }: Bbox) =>
  [west, south, east, north].map((degrees) => degrees.toFixed(5)).join(',');

const widthOf = ({ west, east }: Bbox) => (east < west ? east + 360 - west : east - west);
const areaOf = (box: Bbox) => widthOf(box) * (box.north - box.south);

/** The box and what lies around it. */
function around(box: Bbox): Bbox {
  const { west, south, north } = box;
  const width = widthOf(box);
  const aside = width * spare;
  const above = (north - south) * spare;
  return toBbox({
    west: west - aside,
    south: south - above,
    east: west + width + aside,
    north: north + above,
  });
}

/** Whether all of `inner` lies in `outer`; either may cross the antimeridian. */
export function isInside(inner: Bbox, outer: Bbox): boolean {
  if (inner.south < outer.south || inner.north > outer.north) return false;
  const width = widthOf(outer);
  const fromWest = (((inner.west - outer.west) % 360) + 360) % 360;
  return width >= 360 || fromWest + widthOf(inner) <= width;
}

/** All of a box was loaded, of this room, after so many imports. */
type Complete = { state: OpenRoom['state']; imports: number; box: Bbox };

/**
 * Loads what happened in the part of the map on the screen, further back than the snapshot goes: an import's thousands
 * come this way. A little more than the view is loaded, and nothing while the view stays inside what is complete.
 * One load at a time; a newer view replaces an older one.
 */
export function createArchive(api: Pick<Api, 'incidents'>) {
  let round = 0;
  let complete: Complete | null = null;
  // Square degrees: so large a box held more than is loaded, and asking around a view as large would be in vain.
  let tooLarge = Infinity;

  /** @returns whether that was all, or null where a newer view came in between */
  async function loadBox({ id, state }: OpenRoom, box: Bbox, mine: number): Promise<boolean | null> {
    let cursor: string | null = null;
    for (let page = 0; page < mostPages; page += 1) {
      const answer: Awaited<ReturnType<Api['incidents']>> = await api.incidents(id, {
        bbox: asQuery(box),
        limit: pageSize,
        ...(cursor === null ? {} : { cursor }),
      });
      if (mine !== round) return null;
      state.addToArchive(answer.incidents);
      cursor = answer.cursor;
      if (cursor === null) return true;
    }
    return false;
  }

  return async function load(room: OpenRoom, view: Bbox): Promise<void> {
    round += 1;
    const mine = round;
    const { state } = room;
    const imports = state.imports.peek();
    if (complete?.state !== state || complete.imports !== imports) {
      complete = null;
      tooLarge = Infinity;
    }
    if (complete && isInside(view, complete.box)) {
      archiveIsCapped.value = false;
      return;
    }
    const wide = around(view);
    try {
      for (const box of areaOf(wide) < tooLarge / 2 ? [wide, view] : [view]) {
        const all = await loadBox(room, box, mine);
        if (all === null) return;
        archiveIsCapped.value = !all;
        if (all) {
          complete = { state, imports, box };
          return;
        }
        tooLarge = Math.min(tooLarge, areaOf(box));
      }
    } catch (error) {
      // What is known stays on the map; the next view tries again.
      failureCode(error);
    }
  };
}
