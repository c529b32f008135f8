import type { Feature, Label, LabelSymbolizer, Layout } from 'protomaps-leaflet';

type Line = Parameters<LabelSymbolizer['place']>[1][number];
type Vertex = Line[number];

type StreetLabelOptions = {
  /** The first of these properties that is there is the name. */
  labelProps: string[];
  font: string;
  fill: string;
  halo: string;
};

const straightEnough = 0.965; // chord over arc: letters on it then stay within the street's own width
const repeatDistance = 320;
const haloWidth = 3;
const step = 24;
const padding = 6;

/** The point so many pixels along the line. */
function pointAt(line: Line, lengths: readonly number[], distance: number): Vertex | undefined {
  let i = 1;
  while (i < lengths.length - 1 && (lengths[i] ?? 0) < distance) i += 1;
  const [from, to] = [line[i - 1], line[i]];
  if (from === undefined || to === undefined) return undefined;
  const [start = 0, end = 0] = [lengths[i - 1], lengths[i]];
  return from.add(to.sub(from).mult(end === start ? 0 : (distance - start) / (end - start)));
}

/** The straightest stretch of this length, the one nearest to the middle among equals; null where all bend too much. */
function straightest(line: Line, width: number): { from: Vertex; to: Vertex } | null {
  const lengths = [0];
  for (let i = 1; i < line.length; i += 1) {
    const [a, b] = [line[i - 1], line[i]];
    if (a !== undefined && b !== undefined) lengths.push((lengths[i - 1] ?? 0) + a.dist(b));
  }
  const spare = (lengths.at(-1) ?? 0) - width - 2 * padding;
  if (spare < 0) return null;
  let best: { from: Vertex; to: Vertex } | null = null;
  let bestScore = straightEnough;
  for (let offset = 0; offset <= spare; offset += step) {
    const from = pointAt(line, lengths, padding + offset);
    const to = pointAt(line, lengths, padding + offset + width);
    if (from === undefined || to === undefined) continue;
    const straightness = from.dist(to) / width;
    const score = straightness - (0.01 * Math.abs(offset - spare / 2)) / (spare + 1);
    if (straightness >= straightEnough && score > bestScore) {
      bestScore = score;
      best = { from, to };
    }
  }
  return best;
}

/**
 * A street's name on the street. The library's own line label wants a stretch straight to four degrees, and tiles cut
 * streets at every crossing: in an old town hardly a name would be left.
 */
export class StreetLabel implements LabelSymbolizer {
  private readonly options: StreetLabelOptions;

  constructor(options: StreetLabelOptions) {
    this.options = options;
  }

  place(layout: Layout, lines: Line[], { props }: Feature): Label[] | undefined {
    const { labelProps, font, fill, halo } = this.options;
    const name = labelProps
      .map((prop) => props[prop])
      .find((value) => typeof value === 'string' && value !== '');
    if (typeof name !== 'string' || name.length > 60) return undefined;
    layout.scratch.font = font;
    const measured = layout.scratch.measureText(name);
    const half = measured.actualBoundingBoxAscent * 0.8;
    const labels = lines.flatMap((line): Label[] => {
      const stretch = straightest(line, measured.width);
      if (stretch === null) return [];
      const [from, to] =
        stretch.from.x <= stretch.to.x ? [stretch.from, stretch.to] : [stretch.to, stretch.from];
      const count = Math.max(2, Math.ceil(measured.width / (2 * half)));
      const bboxes = Array.from({ length: count + 1 }, (_, i) => {
        const { x, y } = from.add(to.sub(from).mult(i / count));
        return { minX: x - half, minY: y - half, maxX: x + half, maxY: y + half };
      });
      const draw = (ctx: CanvasRenderingContext2D) => {
        ctx.globalAlpha = 1;
        ctx.rotate(Math.atan2(to.y - from.y, to.x - from.x));
        ctx.font = font;
        ctx.textAlign = 'center';
        ctx.textBaseline = 'middle';
        ctx.lineJoin = 'round';
        ctx.lineWidth = haloWidth;
        ctx.strokeStyle = halo;
        ctx.strokeText(name, 0, 0);
        ctx.fillStyle = fill;
        ctx.fillText(name, 0, 0);
      };
      const anchor = from.add(to).div(2);
      return [{ anchor, bboxes, draw, deduplicationKey: name, deduplicationDistance: repeatDistance }];
    });
    return labels.length === 0 ? undefined : labels;
  }
}
