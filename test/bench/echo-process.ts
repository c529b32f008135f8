import { serve } from '@hono/node-server';
import { Hono } from 'hono';

/** What Hono alone can do: read a JSON body, answer with it. Tells its address. */
const app = new Hono();
app.post('/', async (c) => c.json(await c.req.json<object>(), 201));
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
  process.send?.(`http://127.0.0.1:${port}`);
});
