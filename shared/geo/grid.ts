import { type Bbox, distance, type Position } from '../geo.ts';

/*
 * The coarse grid: squares of about 100 m, a hectare, the same ones for everybody and for ever.
 *
 * A fixed grid and no random shift, because whoever reports from home five times must tell no more than once: random
 * shifts average out (Andrés et al., "Geo-indistinguishability", CCS 2013: with noise, what is revealed adds up report
 * by report), a cell does not. What remains: where one house stands alone in its hectare the cell still points at it,
 * and positions that scatter across a cell's edge show that the home lies near that edge.
 *
 * Rows are 0.0009° of latitude: 100.08 m on the mean sphere (2 * pi * 6,371,008.8 m / 400,000). Each row is a band of
 * its own, cut into so many equal columns that none is wider than a row is high; the first begins at the antimeridian,
 * which therefore no cell crosses, and ±180 is one place.
 */

const rows = 200_000;
const rowsToAPole = rows / 2;
const rowHeight = 180 / rows;
// A millionth of a degree is 11 cm: finer figures of a centre would say nothing.
const figures = 6;

/** Metres along a side of a cell, as it is called in words. */
export const coarseMetres = 100;
/** No point of a cell is further from its centre, in metres: half the diagonal, rounded up. */
export const coarseReach = 71;

/** The cell's row, counted from the south pole, and its column, counted from -180. */
function indexOf({ lat, lng }: Position): { row: number; column: number; columns: number } {
  const row = Math.min(rows - 1, Math.max(0, Math.floor((lat + 90) / rowHeight)));
  // A row is widest at its edge nearest to the equator.
  const edge = row < rowsToAPole ? rowsToAPole - row - 1 : row - rowsToAPole;
  const columns = Math.ceil(2 * rows * Math.cos((edge * rowHeight * Math.PI) / 180));
  return { row, column: Math.floor(((lng + 180) / 360) * columns) % columns, columns };
}

/** The cell that holds the position; its edges in degrees, never across the antimeridian. */
export function coarseCell(position: Position): Bbox {
  const { row, column, columns } = indexOf(position);
  const degrees = 360 / columns;
  return {
    west: column * degrees - 180,
    south: row * rowHeight - 90,
    east: (column + 1) * degrees - 180,
    north: (row + 1) * rowHeight - 90,
  };
}

const rounded = (degrees: number) => Number(degrees.toFixed(figures));

/** The centre of the cell that holds the position: the same for every point of the cell, itself included. */
export function coarsePosition(position: Position): Position {
  const { west, south, east, north } = coarseCell(position);
  return { lat: rounded((south + north) / 2), lng: rounded((west + east) / 2) };
}

/** Whether the two lie in the same cell. */
export function inOneCell(a: Position, b: Position): boolean {
  return distance(coarsePosition(a), coarsePosition(b)) === 0;
}

/** The place of each of two spans that is nearest to the other; where they overlap, the same one. */
function nearest([a1, a2]: [number, number], [b1, b2]: [number, number], inCommon: number): [number, number] {
  if (a2 < b1) return [a2, b1];
  if (b2 < a1) return [a1, b2];
  return [inCommon, inCommon];
}

/** Metres that lie between the cells of two positions at least: no two of their points are nearer to each other. */
export function cellGap(a: Position, b: Position): number {
  const [one, other] = [coarseCell(a), coarseCell(b)];
  // Where they share latitudes, metres between meridians are fewest furthest from the equator.
  const south = Math.max(one.south, other.south);
  const north = Math.min(one.north, other.north);
  const [latA, latB] = nearest(
    [one.south, one.north],
    [other.south, other.north],
    Math.abs(south) > Math.abs(north) ? south : north,
  );
  // Cells near both sides of the antimeridian are neighbours.
  const turn = other.west - one.west > 180 ? -360 : other.west - one.west < -180 ? 360 : 0;
  const [lngA, lngB] = nearest([one.west, one.east], [other.west + turn, other.east + turn], one.west);
  return distance({ lat: latA, lng: lngA }, { lat: latB, lng: lngB });
}
