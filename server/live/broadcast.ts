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
type SenderView = { _bufferedBytes: number; _socket: unknown };
type WebSocketView = { readyState: number; terminate(): void };
type Direct = { ws: WebSocketView; sender: SenderView; tcp: TcpSocket };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** What Engine.IO holds back; null where it looks different. */
function heldBy(engine: unknown): unknown[] | null {
  return isObject(engine) && Array.isArray(engine['writeBuffer']) ? engine['writeBuffer'] : null;
}

function isSenderView(sender: unknown): sender is SenderView {
  return isObject(sender) && typeof sender['_bufferedBytes'] === 'number';
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
  return { ws, sender, tcp };
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
  // What `directOf` found, each in a field of its own: a broadcast to thousands waits for memory at every object that
  // it looks into. None while the way is not a WebSocket, and once it is closed.
  #tcp: TcpSocket | null = null;
  #ws: WebSocketView | null = null;
  #sender: SenderView | null = null;
  /** Whether Engine.IO holds packets because its transport is not ready: broadcasts, answers and refusals alike. */
  #holds: boolean;
  #heldBytes = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#holds = heldBy(engine)?.length !== 0;
    this.#lookBelow();
    // Emitted for whatever Engine.IO puts into its buffer, Socket.IO's own packets too.
    engine.on('packetCreate', ({ data }: { data?: unknown }) => {
      this.#holds = true;
      if (typeof data === 'string') this.#heldBytes += Buffer.byteLength(data);
    });
    // Emitted when Engine.IO hands its whole buffer to the transport.
    engine.on('flush', () => {
      this.#holds = false;
      this.#heldBytes = 0;
    });
    // An upgrade replaces the transport, once: long-polling before, a WebSocket after.
    engine.on('upgrade', () => this.#lookBelow());
    engine.on('close', () => {
      this.#tcp = null;
    });
  }

  /** Bytes accepted for this reader which the kernel has not taken yet. */
  get unsentBytes(): number {
    return (this.#tcp?.writableLength ?? 0) + (this.#sender?._bufferedBytes ?? 0) + this.#heldBytes;
  }

  send(packet: Packet): Outcome {
    const tcp = this.#tcp;
    // What the transport accepted earlier is in the TCP socket's queue already (a sender that compresses nothing holds
    // nothing back), so this frame comes after it, and after this frame whatever the transport accepts next.
    if (tcp !== null && !this.#holds && this.#ws?.readyState === 1) {
      if (tcp.writableLength > maxUnsentBytes) return 'slow';
      tcp.write(packet.frame);
      return 'direct';
    }
    if (this.#engine.readyState !== 'open') return 'closed';
    if (this.unsentBytes > maxUnsentBytes) return 'slow';
    this.#engine.write(packet.text, { compress: false });
    return 'queued';
  }

  /** Sends what only counts while it is new: not to a reader who has not taken all that was sent before. */
  sendNewest(packet: Packet): Outcome | 'skipped' {
    return this.unsentBytes > 0 ? 'skipped' : this.send(packet);
  }

  /** Ends the connection at once: a closing handshake would wait for a reader that does not read. */
  cut(): void {
    if (this.#ws === null) this.#engine.close(true);
    else this.#ws.terminate();
  }

  #lookBelow(): void {
    const direct = heldBy(this.#engine) === null ? null : directOf(this.#engine.transport);
    this.#tcp = direct?.tcp ?? null;
    this.#ws = direct?.ws ?? null;
    this.#sender = direct?.sender ?? null;
  }
}
