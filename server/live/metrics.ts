import { Counter, Gauge } from 'prom-client';
import type { Live } from './rooms.ts';

const sockets = new Gauge({ name: 'vigie_live_sockets', help: 'Live connections open now.' });
const rooms = new Gauge({
  name: 'vigie_live_rooms',
  help: 'Neighbourhoods whose log this process follows now.',
});
const cut = new Counter({
  name: 'vigie_live_slow_readers_cut_total',
  help: 'Live connections cut because too much waited for them.',
});

/** Puts what the rooms count into this process's metrics; asked for when somebody reads them. */
export function measureLive(stats: ReturnType<Live['stats']>): void {
  sockets.set(stats.sockets);
  rooms.set(stats.rooms);
  cut.reset();
  cut.inc(stats.cut);
}
