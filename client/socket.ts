import { io, type Socket } from 'socket.io-client';
import type {
  ClientToServerEvents,
  JoinAnswer,
  JoinRequest,
  ServerToClientEvents,
} from '../shared/protocol.ts';
import type { PatrolPositionTold } from '../shared/patrols.ts';
import type { SosPositionTold } from '../shared/sos.ts';
import type { Id } from '../shared/text.ts';
import { NetworkError } from './api.ts';

const answerWithin = 10_000;
const afterServerClosed = 1000;

export type SocketListener = {
  connected: () => void;
  disconnected: () => void;
  /** The handshake was refused, or the server closed the socket: the session may be gone. */
  doubted: () => void;
  entries: ServerToClientEvents['log:entries'];
  head: ServerToClientEvents['log:head'];
  reach: ServerToClientEvents['incident:reach'];
  position: ServerToClientEvents['sos:position'];
  walkers: ServerToClientEvents['patrol:positions'];
  visited: ServerToClientEvents['patrol:visited'];
};

/** The one socket of this page. WebSocket first; Socket.IO's own back-off does the reconnecting. */
export function createLiveSocket(listener: SocketListener) {
  const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io({
    autoConnect: false,
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    reconnectionDelayMax: 10_000,
  });
  let wanted = false;

  socket.on('connect', listener.connected);
  socket.on('disconnect', (reason) => {
    listener.disconnected();
    if (reason !== 'io server disconnect' || !wanted) return;
    // Socket.IO does not come back by itself from this one.
    listener.doubted();
    setTimeout(() => {
      if (wanted) socket.connect();
    }, afterServerClosed);
  });
  socket.on('connect_error', () => {
    listener.doubted();
    // A refusal by the server itself ends Socket.IO's attempts; a broken line does not.
    if (!socket.active && wanted) {
      setTimeout(() => {
        if (wanted && !socket.connected) socket.connect();
      }, afterServerClosed * 10);
    }
  });
  socket.on('log:entries', listener.entries);
  socket.on('log:head', listener.head);
  socket.on('incident:reach', listener.reach);
  socket.on('sos:position', listener.position);
  socket.on('patrol:positions', listener.walkers);
  socket.on('patrol:visited', listener.visited);

  return {
    isConnected: () => socket.connected,

    open(): void {
      wanted = true;
      socket.io.reconnection(true);
      socket.connect();
    },

    close(): void {
      wanted = false;
      socket.disconnect();
    },

    /** The session is about to end: once the server closes the socket it stays closed. `open` takes that back. */
    letEnd(): void {
      wanted = false;
      // The server may cut the line without a word, which Socket.IO takes for a broken one.
      socket.io.reconnection(false);
    },

    /** A good moment to try at once instead of waiting for the back-off. */
    hint(): void {
      if (wanted && !socket.connected) socket.disconnect().connect();
    },

    /** Rejects with NetworkError where no answer comes in time. */
    async join(request: JoinRequest): Promise<JoinAnswer> {
      if (!socket.connected) throw new NetworkError('not connected');
      try {
        return await socket.timeout(answerWithin).emitWithAck('room:join', request);
      } catch (error) {
        throw new NetworkError(error);
      }
    },

    /** Where I am; lost where there is no connection, since only the newest counts. */
    tellPosition(told: SosPositionTold): void {
      socket.volatile.emit('sos:position', told);
    },

    /** The same, while I walk a round. */
    tellWalkerPosition(told: PatrolPositionTold): void {
      socket.volatile.emit('patrol:position', told);
    },

    leave(neighbourhoodId: Id): void {
      if (socket.connected) socket.emit('room:leave', { neighbourhoodId });
    },
  };
}

export type LiveSocket = ReturnType<typeof createLiveSocket>;
