import { messageOf, startChild } from './child.ts';
import { median, medianRatio, type Row } from './figures.ts';
import type { PatrolSample } from './patrol-process.ts';

const peers = [
  { way: 'everybody', name: 'stock Socket.IO, volatile to everybody' },
  { way: 'on duty', name: 'the same to those on duty alone' },
];

const cpuASecond = ({ cpuMs, seconds }: PatrolSample) => cpuMs / seconds;
const cpuEach = ({ cpuMs, delivered }: PatrolSample) =>
  (cpuMs * 1000) / Object.values(delivered).reduce((sum, count) => sum + count, 0);

/** Fifty walkers at a position a second, and who watches: 200 on duty, the others residents. */
export async function benchPatrol(watchers: number, rounds: number): Promise<{ rows: Row[] }> {
  const child = startChild('./patrol-process.ts', [String(watchers), String(rounds)], ['--expose-gc']);
  const samples = await messageOf<Record<string, PatrolSample[]>>(child);
  const of = (way: string, figure: (sample: PatrolSample) => number) => (samples[way] ?? []).map(figure);
  const compare = (what: string, figure: (sample: PatrolSample) => number, show: (value: number) => string) =>
    peers.map(({ way, name }): Row => {
      const [ours, peer] = [of('vigie', figure), of(way, figure)];
      return {
        figure: what,
        ours: show(median(ours)),
        peer: name,
        peerValue: show(median(peer)),
        ratio: medianRatio(ours, peer),
        aim: '',
      };
    });
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  return {
    rows: [
      ...compare(`50 walkers, ${watchers} watchers: server CPU a second`, cpuASecond, ms),
      ...compare('server CPU a delivered position', cpuEach, (value) => `${value.toFixed(2)} µs`),
      ...compare('age of the newest position on duty, p50', ({ ages }) => ages.p50, ms),
      ...compare('age of the newest position on duty, p99', ({ ages }) => ages.p99, ms),
    ],
  };
}
