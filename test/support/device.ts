import { io, type Socket } from 'socket.io-client';
import { LiveRoom } from '../../client/live.ts';
import type { LogEntry } from '../../shared/events.ts';
import type {
  ClientToServerEvents,
  JoinAnswer,
  ServerToClientEvents,
  Snapshot,
} from '../../shared/protocol.ts';
import type { Phone } from './phone.ts';

/** What a phone's open map knows: the product's own client core on a real socket that reconnects by itself. */
export type Device = {
  entries: LogEntry[];
  snapshots: Snapshot[];
  reach: Map<string, { maps: number; phones: number }>;
  state: string;
  socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  /** Ids of incidents that the device knows, from snapshots and entries. */
  incidents(): string[];
  close(): void;
};

/** Opens the map of a neighbourhood on a phone, from nothing. */
export function openMap(url: string, phone: Phone, neighbourhoodId: string): Device {
  const socket: Device['socket'] = io(url, {
    transports: ['websocket'],
    extraHeaders: { cookie: phone.cookie ?? '' },
    forceNew: true,
    reconnectionDelay: 50,
    reconnectionDelayMax: 500,
  });
  const device: Device = {
    entries: [],
    snapshots: [],
    reach: new Map(),
    state: 'offline',
    socket,
    incidents() {
      const known = new Set(device.snapshots.at(-1)?.incidents.map(({ id }) => id));
      for (const entry of device.entries)
        if (entry.type === 'incident.reported') known.add(entry.incident.id);
      return [...known];
    },
    close() {
      room.close();
      socket.disconnect();
    },
  };
  const room = new LiveRoom(neighbourhoodId, null, {
    join: (request) =>
      new Promise<JoinAnswer>((resolve, reject) => {
        socket.timeout(5000).emit('room:join', request, (error: Error | null, answer: JoinAnswer) => {
          if (error === null) resolve(answer);
          else reject(error);
        });
      }),
    snapshot: (id) => phone.must(phone.get<Snapshot>(`/api/neighbourhoods/${id}/snapshot`)),
    reset(snapshot) {
      device.snapshots.push(snapshot);
      device.entries = [];
    },
    apply: (entries) => void device.entries.push(...entries),
    state: (state) => {
      device.state = state;
    },
    later(ms, run) {
      const timer = setTimeout(run, Math.min(ms, 500));
      return () => clearTimeout(timer);
    },
    random: () => 0.5,
  });
  socket.on('connect', () => room.connected());
  socket.on('disconnect', () => room.disconnected());
  socket.on('log:entries', ({ entries }) => room.received(entries));
  socket.on('log:head', ({ cursor }) => room.head(cursor));
  socket.on('incident:reach', ({ incidentId, reach }) => device.reach.set(incidentId, reach));
  return device;
}
