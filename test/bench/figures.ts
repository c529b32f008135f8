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

/** The percentile of all samples of some turns, where each turn counts as often as it was drawn. */
function quantileOf(turns: readonly number[][]): (times: readonly number[], share: number) => number {
  const sorted = turns
    .flatMap((samples, turn) => samples.map((value) => ({ value, turn })))
    .toSorted((a, b) => a.value - b.value);
  return (times, share) => {
    const all = turns.reduce((sum, { length }, turn) => sum + length * (times[turn] ?? 0), 0);
    let above = all - Math.ceil(share * all);
    const found = sorted.findLast(({ turn }) => (above -= times[turn] ?? 0) < 0);
    return found?.value ?? Number.NaN;
  };
}

/**
 * Where 9 of 10 ratios of a percentile lie when the turns are drawn anew from those that were (a bootstrap by blocks):
 * samples of one turn have its stalls in common, so that their number alone says little.
 */
export function ratioInterval(turns: readonly Turn[], share: number): [low: number, high: number] {
  const ours = quantileOf(turns.map((turn) => turn.ours));
  const peers = quantileOf(turns.map((turn) => turn.peers));
  const ratios = Array.from({ length: 1000 }, () => {
    const times = turns.map(() => 0);
    for (const _ of turns) {
      const drawn = Math.floor(Math.random() * turns.length);
      times[drawn] = (times[drawn] ?? 0) + 1;
    }
    return ours(times, share) / peers(times, share);
  });
  return [quantile(ratios, 0.05), quantile(ratios, 0.95)];
}
