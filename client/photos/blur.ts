// A picture seen as a grid of large cells. What is painted over becomes one flat colour a cell, in the picture itself:
// a face or a number plate then has a handful of cells, from which nothing can be made again.

export type Grid = { cell: number; columns: number; rows: number };
/** Cells, from the upper left, row by row. */
export type Stroke = ReadonlySet<number>;
/** In cells. */
export type Frame = { column: number; row: number; columns: number; rows: number };

const cellsAcross = 32;
const smallestCell = 8;

/** The grid of a picture of so many pixels. */
export function gridOf({ width, height }: { width: number; height: number }): Grid {
  const cell = Math.max(smallestCell, Math.ceil(Math.max(width, height) / cellsAcross));
  return { cell, columns: Math.ceil(width / cell), rows: Math.ceil(height / cell) };
}

/** The cells that a finger of this radius touches; all in pixels of the picture. */
export function cellsUnder(grid: Grid, at: { x: number; y: number }, radius: number): number[] {
  const { cell, columns, rows } = grid;
  const touched: number[] = [];
  const range = (middle: number, count: number) => ({
    from: Math.max(0, Math.floor((middle - radius) / cell)),
    to: Math.min(count - 1, Math.floor((middle + radius) / cell)),
  });
  const across = range(at.x, columns);
  const down = range(at.y, rows);
  for (let row = down.from; row <= down.to; row += 1) {
    for (let column = across.from; column <= across.to; column += 1) {
      // The cell's nearest point: what is touched at its edge is covered whole.
      const x = Math.max(column * cell, Math.min(at.x, (column + 1) * cell));
      const y = Math.max(row * cell, Math.min(at.y, (row + 1) * cell));
      if (Math.hypot(x - at.x, y - at.y) <= radius) touched.push(row * columns + column);
    }
  }
  return touched;
}

/** The cells of a frame. */
export function cellsIn(grid: Grid, frame: Frame): number[] {
  const cells: number[] = [];
  for (let row = frame.row; row < Math.min(grid.rows, frame.row + frame.rows); row += 1) {
    for (
      let column = frame.column;
      column < Math.min(grid.columns, frame.column + frame.columns);
      column += 1
    )
      cells.push(row * grid.columns + column);
  }
  return cells;
}

/** The frame moved or grown by a cell, kept inside the picture; null for a key that does neither. */
export function moved(grid: Grid, frame: Frame, key: string, grows: boolean): Frame | null {
  const steps: Record<string, [number, number]> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
  };
  const step = steps[key];
  if (step === undefined) return null;
  const [across, down] = step;
  const within = (value: number, most: number) => Math.max(0, Math.min(value, most));
  if (grows) {
    return {
      ...frame,
      columns: Math.max(1, Math.min(frame.columns + across, grid.columns - frame.column)),
      rows: Math.max(1, Math.min(frame.rows + down, grid.rows - frame.row)),
    };
  }
  return {
    ...frame,
    column: within(frame.column + across, grid.columns - frame.columns),
    row: within(frame.row + down, grid.rows - frame.rows),
  };
}

/** A cell's one colour, coarse enough that close shades become the same. */
export function colourOf(pixels: Uint8ClampedArray, index: number): string {
  const [red, green, blue] = [0, 1, 2].map((part) => ((pixels[index * 4 + part] ?? 0) & 0xe0) | 0x10);
  return `rgb(${red} ${green} ${blue})`;
}
