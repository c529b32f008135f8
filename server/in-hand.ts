import type { Context, MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import { hasBody } from './validate.ts';

/**
 * How many commands this process is carrying out, and how many it has begun, in memory that its threads share: what can
 * wait looks there and lets them go first.
 */
export type InHand = Int32Array<SharedArrayBuffer>;

/** Where each number lies. */
const [current, begun] = [0, 1];

export const createInHand = (): InHand => new Int32Array(new SharedArrayBuffer(8));
export const nowInHand = (inHand: InHand): number => Atomics.load(inHand, current);
/** How many were begun so far; starts anew after the largest number. */
export const begunBy = (inHand: InHand): number => Atomics.load(inHand, begun);

/** Sleeps for so many milliseconds, or until none is in hand; not at all where other than so many are. */
export function sleepWhile(inHand: InHand, there: number, ms: number): void {
  Atomics.wait(inHand, current, there, ms);
}

/**
 * Counts requests from when their body is there: who is slow to send one waits for nothing of ours. Wakes who gives way
 * once none is left.
 */
export function countInHand(inHand: InHand, isMeant: (c: Context) => boolean): MiddlewareHandler {
  return createMiddleware(async (c, next) => {
    if (!isMeant(c)) return await next();
    // Kept for whoever parses it, as is its failing: what is cut off is answered there.
    if (hasBody(c)) await c.req.text().catch(() => undefined);
    Atomics.add(inHand, begun, 1);
    Atomics.add(inHand, current, 1);
    try {
      await next();
    } finally {
      if (Atomics.sub(inHand, current, 1) === 1) Atomics.notify(inHand, current);
    }
  });
}
