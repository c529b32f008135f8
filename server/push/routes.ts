// Stand-in until the push engine's own routes are here (colleague: replace this file; app.ts calls pushRoutes(deps, vapidKeys)).
import { Hono } from 'hono';
import type { Guarded } from '../auth/guards.ts';
import type { Deps } from '../deps.ts';
import type { VapidKeys } from './vapid.ts';

export function pushRoutes(_deps: Deps, vapid: VapidKeys) {
  const app = new Hono<Guarded>();
  app.get('/key', (c) => c.json({ publicKey: vapid.publicKey }));
  return app;
}
