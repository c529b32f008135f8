/** The middle of the samples. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}

/** The median of the rounds' ratios: what slows one round slows both of its sides. */
export function medianRatio(ours: readonly number[], peer: readonly number[]): number {
  return median(ours.map((value, i) => value / (peer[i] ?? Number.NaN)));
}

export function quantile(samples: readonly number[], q: number): number {
  const sorted = Float64Array.from(samples).toSorted();
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/** One line of the bench's table; `ratio` is ours to the peer's, of the same rounds. */
export type Row = {
  figure: string;
  ours: string;
  peer: string;
  peerValue: string;
  ratio: number | null;
  aim: string;
};

/** What was measured with and without something, by turns. */
export type Turn = { ours: number[]; peers: number[] };

/**
 * Where 9 of 10 ratios of a percentile lie when the turns are drawn anew from those that were (a bootstrap by blocks):
 * samples of one turn have its stalls in common, so that their number alone says little.
 */
export function ratioInterval(turns: readonly Turn[], share: number): [low: number, high: number] {
  const ratios = Array.from({ length: 200 }, () => {
    const drawn = turns.map(() => turns[Math.floor(Math.random() * turns.length)] ?? { ours: [], peers: [] });
    const [ours, peers] = [drawn.flatMap((turn) => turn.ours), drawn.flatMap((turn) => turn.peers)];
    return quantile(ours, share) / quantile(peers, share);
  });
  return [quantile(ratios, 0.05), quantile(ratios, 0.95)];
}
