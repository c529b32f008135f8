import { EventEmitter } from 'node:events';
import type { Socket } from 'socket.io';
import { describe, expect, it } from 'vitest';
import * as ws from 'ws';
import { encodeEvent, Lane, maxUnsentBytes, textFrame } from '../../../server/live/broadcast.ts';
import { createRing, ringEntries } from '../../../server/live/ring.ts';

// Exported, but not in its types.
const { Sender } = ws as unknown as { Sender: { frame(data: Buffer, options: object): Buffer[] } };

describe('a frame', () => {
  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 70_000])(
    '[LI34] of %i bytes is what ws itself would write',
    (length) => {
      const text = 'a'.repeat(length);
      const options = { fin: true, opcode: 1, mask: false, readOnly: false, rsv1: false };
      expect(textFrame(text).equals(Buffer.concat(Sender.frame(Buffer.from(text), options)))).toBe(true);
    },
  );

  it('[LI34] counts bytes, not characters', () => {
    expect(textFrame('é🔥')).toEqual(Buffer.from([0x81, 6, ...Buffer.from('é🔥')]));
    expect(encodeEvent('log:head', '{"a":1}')).toEqual({
      text: '2["log:head",{"a":1}]',
      frame: textFrame('42["log:head",{"a":1}]'),
    });
  });
});

/** Engine.IO with a WebSocket transport, as far as a lane looks at it; each part can be made to differ. */
function engineOf(
  over: { engine?: object; ws?: object; sender?: object; tcp?: object; transport?: object } = {},
) {
  const written: string[] = [];
  const tcp = { writableLength: 0, write: () => written.push('tcp'), ...over.tcp };
  const sender = { _bufferedBytes: 0, _socket: tcp, ...over.sender };
  const ws = {
    readyState: 1,
    extensions: '',
    terminate: () => written.push('cut'),
    _sender: sender,
    _socket: tcp,
    ...over.ws,
  };
  const engine = Object.assign(new EventEmitter(), {
    readyState: 'open',
    writeBuffer: [] as unknown[],
    transport: { name: 'websocket', socket: ws, ...over.transport },
    write(data: string) {
      written.push('engine');
      engine.emit('packetCreate', { type: 'message', data });
    },
    close: () => written.push('close'),
    ...over.engine,
  });
  return { engine: engine as unknown as Socket['conn'], written };
}

describe('a lane', () => {
  it('[RN10] takes what only counts while it is new where nothing waits before it', () => {
    const packet = encodeEvent('patrol:positions', '{}');
    const [idle, waiting] = [engineOf(), engineOf({ tcp: { writableLength: 1 } })];
    expect(new Lane(idle.engine).sendNewest(packet)).toBe('direct');
    expect(new Lane(waiting.engine).sendNewest(packet)).toBe('skipped');
    expect([idle.written, waiting.written]).toEqual([['tcp'], []]);
  });

  const packet = encodeEvent('log:head', '{}');

  it('[LI35] writes to the TCP socket itself when nothing is before the packet', () => {
    const { engine, written } = engineOf();
    expect(new Lane(engine).send(packet)).toBe('direct');
    expect(written).toEqual(['tcp']);
  });

  it.each([
    ['something is queued', { engine: { writeBuffer: [1] } }],
    ['it is long-polling', { transport: { name: 'polling' } }],
    ['the WebSocket is closing', { ws: { readyState: 2 } }],
    ['frames are compressed', { ws: { extensions: 'permessage-deflate' } }],
    ['the sender writes elsewhere', { sender: { _socket: {} } }],
    ['the sender looks different', { sender: { _bufferedBytes: undefined } }],
    ['the WebSocket looks different', { ws: { terminate: undefined } }],
    ['the TCP socket looks different', { tcp: { writableLength: undefined } }],
    ['the engine looks different', { engine: { writeBuffer: undefined } }],
  ])('[LI35] goes the ordinary way when %s', (_why, over) => {
    const { engine, written } = engineOf(over);
    expect(new Lane(engine).send(packet)).toBe('queued');
    expect(written).toEqual(['engine']);
  });

  it('[LI35] goes the ordinary way while Engine.IO holds something, and the direct way from an upgrade on', () => {
    const { engine, written } = engineOf({ transport: { name: 'polling' } });
    const lane = new Lane(engine);
    expect(lane.send(packet)).toBe('queued');
    Object.assign(engine.transport, { name: 'websocket' });
    // Emitted before the new transport is given what the old one had not taken.
    engine.emit('upgrade', engine.transport);
    expect(lane.send(packet)).toBe('queued');
    engine.emit('flush', []);
    expect(lane.send(packet)).toBe('direct');
    engine.emit('packetCreate', { type: 'ping' });
    expect(lane.send(packet)).toBe('queued');
    engine.emit('flush', []);
    expect(lane.send(packet)).toBe('direct');
    expect(written).toEqual(['engine', 'engine', 'tcp', 'engine', 'tcp']);
  });

  it('[LI35] writes nothing to a connection that is closed, or about to be', () => {
    const { engine, written } = engineOf({ engine: { readyState: 'closing' } });
    const lane = new Lane(engine);
    engine.emit('close', 'forced close');
    expect(lane.send(packet)).toBe('closed');
    const waiting = engineOf({ engine: { readyState: 'closing', writeBuffer: [1] } });
    expect(new Lane(waiting.engine).send(packet)).toBe('closed');
    expect([written, waiting.written]).toEqual([[], []]);
  });

  it('[LI35] tells a slow reader by what waits in the TCP socket, or in Engine.IO', () => {
    const full = engineOf({ tcp: { writableLength: maxUnsentBytes + 1 } });
    expect(new Lane(full.engine).send(packet)).toBe('slow');
    expect(full.written).toEqual([]);
    const polling = engineOf({ transport: { name: 'polling' } });
    const lane = new Lane(polling.engine);
    const large = encodeEvent('log:entries', JSON.stringify('x'.repeat(maxUnsentBytes / 4)));
    const outcomes = Array.from({ length: 5 }, () => lane.send(large));
    expect(outcomes).toEqual(['queued', 'queued', 'queued', 'queued', 'slow']);
    polling.engine.emit('flush');
    expect(lane.send(large)).toBe('queued');
  });

  it('[LI37] counts in bytes whatever Engine.IO holds, until it hands it on', () => {
    const { engine, written } = engineOf({ transport: { name: 'polling' } });
    const lane = new Lane(engine);
    engine.write('é'.repeat(maxUnsentBytes / 2));
    engine.emit('packetCreate', { type: 'ping' });
    expect(lane.unsentBytes).toBe(maxUnsentBytes);
    expect(lane.send(packet)).toBe('queued');
    expect(lane.send(packet)).toBe('slow');
    expect(written).toEqual(['engine', 'engine']);
    engine.emit('flush');
    expect(lane.unsentBytes).toBe(0);
  });
});

describe('the ring', () => {
  const entries = (from: number, to: number, json = '{}') =>
    Array.from({ length: to - from + 1 }, (_, i) => ({ seq: from + i, json }));

  it('[LI36] gives what it holds and null for what it does not', () => {
    const ring = createRing(10);
    expect(ring.slice(10, 10)).toEqual([]);
    expect(ring.slice(9, 10)).toBeNull();
    ring.append(entries(11, 15));
    expect(ring.slice(12, 14)).toEqual(entries(13, 14));
    expect(ring.slice(15, 15)).toEqual([]);
    ring.prepend(entries(4, 10));
    expect(ring.slice(3, 15)).toEqual(entries(4, 15));
    expect(ring.slice(2, 15)).toBeNull();
  });

  it('[LI36] takes older entries only as far as they join it', () => {
    const ring = createRing(10);
    ring.prepend([...entries(1, 5), ...entries(7, 12)]);
    expect(ring.oldest()).toBe(7);
    expect(ring.slice(6, 10)).toEqual(entries(7, 10));
    ring.prepend(entries(1, 3));
    expect(ring.oldest()).toBe(7);
  });

  it('[LI36] stays bounded in entries and in length', () => {
    const ring = createRing(0);
    ring.append(entries(1, 2000));
    expect(ring.oldest()).toBe(2000 - ringEntries + 1);
    ring.append(entries(2001, 2100, 'x'.repeat(10_000)));
    expect(2100 - ring.oldest() + 1).toBe(52);
  });
});
