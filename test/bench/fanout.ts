import { messageOf, startChild } from './child.ts';
import type { FanoutSamples } from './fanout-process.ts';
import { median, medianRatio, type Row } from './figures.ts';

const peers = [
  { group: 'ws text', name: 'raw ws broadcast of a text', aim: '≤ 0.85' },
  { group: 'ws buffer', name: 'raw ws broadcast of a Buffer', aim: '' },
  { group: 'socket.io', name: 'stock Socket.IO room', aim: '' },
  { group: 'bare', name: 'bare net.Socket.write', aim: '≤ 1.2' },
];

/** Server CPU a delivered entry: one entry in a turn of the loop, and a storm of twenty. */
export async function benchFanout(sockets: number, rounds: number): Promise<{ rows: Row[] }> {
  const child = startChild('./fanout-process.ts', [String(sockets), String(rounds)], ['--expose-gc']);
  const samples = await messageOf<Record<'single' | 'storm', FanoutSamples>>(child);
  const micro = (values: readonly number[]) => `${median(values).toFixed(2)} µs`;
  const rowsOf = (kind: 'single' | 'storm', figure: string): Row[] =>
    peers.map(({ group, name, aim }) => {
      const ours = samples[kind]['vigie'] ?? [];
      const peer = samples[kind][group] ?? [];
      const ratio = medianRatio(ours, peer);
      return {
        figure,
        ours: micro(ours),
        peer: name,
        peerValue: micro(peer),
        ratio,
        aim: kind === 'single' ? aim : '',
      };
    });
  return {
    rows: [
      ...rowsOf('single', `server CPU a delivered entry, ${sockets} sockets`),
      ...rowsOf('storm', 'the same, 20 entries in one turn of the loop'),
    ],
  };
}
