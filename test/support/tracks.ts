import { readFileSync } from 'node:fs';
import type { Position } from '../../shared/geo.ts';

export type Trackpoint = { position: Position; at: number };

/** Places and times of a recorded walk, as its file has them; a time that is none is NaN. */
export function trackOf(file: string): Trackpoint[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/<trkpt\b[^>]*>[\s\S]*?<\/trkpt>/gu)].flatMap(([point]) => {
    const lat = Number(/\blat="([^"]*)"/u.exec(point)?.[1]);
    const lng = Number(/\blon="([^"]*)"/u.exec(point)?.[1]);
    const at = Date.parse(/<time>([^<]*)<\/time>/u.exec(point)?.[1] ?? '');
    return Number.isFinite(lat) && Number.isFinite(lng) ? [{ position: { lat, lng }, at }] : [];
  });
}
