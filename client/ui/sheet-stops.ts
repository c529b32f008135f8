export const stops = ['peek', 'half', 'full'] as const;
export type Stop = (typeof stops)[number];

// A flick decides by its direction, a slow drag by where it ends (CSS pixels, and pixels a millisecond).
const flick = 0.4;

/** The stop that a drag leads to. `height` is the sheet's when let go, `speed` positive upwards. */
export function stopAfter(
  from: Stop,
  height: number,
  speed: number,
  heights: Readonly<Record<Stop, number>>,
): Stop {
  if (Math.abs(speed) >= flick) {
    const index = stops.indexOf(from) + Math.sign(speed);
    return stops[Math.max(0, Math.min(stops.length - 1, index))] ?? from;
  }
  const away = (stop: Stop) => Math.abs(heights[stop] - height);
  return stops.reduce((nearest, stop) => (away(stop) < away(nearest) ? stop : nearest), from);
}
