import type { Context, MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import { hasBody } from './validate.ts';

/**
 * How many commands this process is carrying out, in memory that its threads share: what can wait looks there and lets
 * them go first.
 */
export type InHand = Int32Array<SharedArrayBuffer>;

export const createInHand = (): InHand => new Int32Array(new SharedArrayBuffer(4));

/**
 * Counts requests from when their body is there: who is slow to send one waits for nothing of ours. Wakes who gives way
 * once none is left.
 */
export function countInHand(inHand: InHand, isMeant: (c: Context) => boolean): MiddlewareHandler {
  return createMiddleware(async (c, next) => {
    if (!isMeant(c)) return await next();
    // Kept for whoever parses it, as is its failing: what is cut off is answered there.
    if (hasBody(c)) await c.req.text().catch(() => undefined);
    Atomics.add(inHand, 0, 1);
    try {
      await next();
    } finally {
      if (Atomics.sub(inHand, 0, 1) === 1) Atomics.notify(inHand, 0);
    }
  });
}
