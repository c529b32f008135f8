import type { Socket as TcpSocket } from 'node:net';
import type { Socket } from 'socket.io';

type Engine = Socket['conn'];

/** One Socket.IO event, encoded once for all who get it. */
export type Packet = {
  /** The Socket.IO packet (protocol 5), as Engine.IO carries it on any transport. */
  text: string;
  /** The same as one WebSocket frame that is ready for the wire. */
  frame: Buffer;
};

/** What became of a packet on one socket. */
export type Outcome =
  /** Written to the TCP socket as it is. */
  | 'direct'
  /** Handed to Engine.IO: long-polling, an upgrade under way, or something queued before it. */
  | 'queued'
  /** The socket is closing: nothing was written. */
  | 'closed'
  /** More than `maxUnsentBytes` wait for this reader: nothing was written, the caller cuts it. */
  | 'slow';

/** Where a reader counts as slow: it is cut, and heals by its cursor when it comes back. */
export const maxUnsentBytes = 1024 * 1024;

/* oxlint-disable no-underscore-dangle -- so ws names what it keeps to itself */
// What the fast path touches below Socket.IO's public surface. Each is checked when it runs; another shape
// only means that the ordinary path is taken.
type EngineView = { readyState: string; upgrading: boolean; transport: unknown; writeBuffer: unknown[] };
type SenderView = { _state: number; _queue: unknown[]; _bufferedBytes: number; _socket: unknown };
type WebSocketView = { readyState: number; terminate(): void };
type Direct = { transport: unknown; ws: WebSocketView; sender: SenderView; tcp: TcpSocket };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function isEngineView(engine: unknown): engine is EngineView {
  return (
    isObject(engine) &&
    typeof engine['readyState'] === 'string' &&
    typeof engine['upgrading'] === 'boolean' &&
    Array.isArray(engine['writeBuffer'])
  );
}

function isSenderView(sender: unknown): sender is SenderView {
  return (
    isObject(sender) &&
    typeof sender['_state'] === 'number' &&
    typeof sender['_bufferedBytes'] === 'number' &&
    Array.isArray(sender['_queue'])
  );
}

function isWebSocketView(ws: unknown): ws is WebSocketView {
  return isObject(ws) && typeof ws['readyState'] === 'number' && typeof ws['terminate'] === 'function';
}

function isTcpSocket(socket: unknown): socket is TcpSocket {
  return (
    isObject(socket) && typeof socket['write'] === 'function' && typeof socket['writableLength'] === 'number'
  );
}

/** The TCP socket under a WebSocket transport, if everything between is as expected and nothing compresses. */
function directOf(transport: unknown): Direct | null {
  if (!isObject(transport) || transport['name'] !== 'websocket') return null;
  const ws = transport['socket'];
  if (!isWebSocketView(ws)) return null;
  const { _sender: sender, _socket: tcp, extensions } = ws as WebSocketView & Record<string, unknown>;
  if (!isSenderView(sender) || !isTcpSocket(tcp) || sender._socket !== tcp || extensions !== '') return null;
  return { transport, ws, sender, tcp };
}

/** An unmasked, unfragmented text frame as a server sends it (RFC 6455, section 5.2). */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafeSlow(header + length);
  frame[0] = 0x81;
  if (header === 2) frame[1] = length;
  else if (header === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, header);
  return frame;
}

/** Encodes an event of the default namespace. @param json its one argument, already JSON */
export function encodeEvent(event: string, json: string): Packet {
  // Socket.IO: 2 = EVENT; Engine.IO: 4 = message.
  const text = `2${JSON.stringify([event]).slice(0, -1)},${json}]`;
  return { text, frame: textFrame(`4${text}`) };
}

/**
 * The way out to one socket. A packet is written with one `net.Socket.write` of a frame that all receivers share
 * whenever that keeps the order; else it goes through Engine.IO like everything else.
 */
export class Lane {
  readonly #engine: Engine;
  readonly #view: EngineView | null;
  #direct: Direct | null = null;
  /** Bytes that Engine.IO holds because its transport is not ready: broadcasts, answers and refusals alike. */
  #queuedBytes = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#view = isEngineView(engine) ? engine : null;
    // Emitted for whatever Engine.IO puts into its buffer, Socket.IO's own packets too.
    engine.on('packetCreate', ({ data }: { data?: unknown }) => {
      if (typeof data === 'string') this.#queuedBytes += Buffer.byteLength(data);
    });
    // Emitted when Engine.IO hands its whole buffer to the transport.
    engine.on('flush', () => {
      this.#queuedBytes = 0;
    });
  }

  /** Bytes accepted for this reader which the kernel has not taken yet. */
  get unsentBytes(): number {
    const direct = this.#currentDirect();
    const below = direct === null ? 0 : direct.tcp.writableLength + direct.sender._bufferedBytes;
    return below + this.#queuedBytes;
  }

  send(packet: Packet): Outcome {
    const engine = this.#engine;
    if (engine.readyState !== 'open') return 'closed';
    const direct = this.#currentDirect();
    const view = this.#view;
    if (direct !== null && view !== null && view.writeBuffer.length === 0 && !view.upgrading) {
      const { ws, sender, tcp } = direct;
      // What the transport accepted earlier is in the TCP socket's queue already (an idle sender holds nothing
      // back), so this frame comes after it, and after this frame whatever the transport accepts next.
      if (ws.readyState === 1 && sender._state === 0 && sender._queue.length === 0) {
        if (tcp.writableLength > maxUnsentBytes) return 'slow';
        tcp.write(packet.frame);
        return 'direct';
      }
    }
    if (this.unsentBytes > maxUnsentBytes) return 'slow';
    engine.write(packet.text, { compress: false });
    return 'queued';
  }

  /** Sends what only counts while it is new: not to a reader who has not taken all that was sent before. */
  sendNewest(packet: Packet): Outcome | 'skipped' {
    return this.unsentBytes > 0 ? 'skipped' : this.send(packet);
  }

  /** Ends the connection at once: a closing handshake would wait for a reader that does not read. */
  cut(): void {
    const direct = this.#currentDirect();
    if (direct === null) this.#engine.close(true);
    else direct.ws.terminate();
  }

  #currentDirect(): Direct | null {
    const transport = this.#engine.transport;
    // An upgrade replaces the transport, once.
    if (this.#direct?.transport !== transport) this.#direct = directOf(transport);
    return this.#direct;
  }
}
