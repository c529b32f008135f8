import { createHmac, hash } from 'node:crypto';
import type { Context } from 'hono';
import type { Deps } from '../deps.ts';
import { invalid, toAppError } from '../errors.ts';
import type { Committed, Receipt } from '../eventlog/eventlog.ts';
import type { Budget } from '../limits.ts';

const uuid = /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/iu;

/**
 * What makes one command the same as another (IETF draft-ietf-httpapi-idempotency-key-header-07).
 * The key itself is stored nowhere, only its hash: what is derived from it stays secret.
 */
export type Command = {
  /** hash of the key, for names and derived ids */
  id: string;
  /** hash of method, path and body */
  fingerprint: string;
  /** A secret that only the holder of the key gets, the same at each repetition. */
  secret(purpose: string): string;
};

/**
 * Reads the command's key and body.
 * @param content what tells bodies apart that are not the same text each time
 * @throws AppError INVALID_INPUT without a UUID in `Idempotency-Key`
 */
export async function commandOf(c: Context, content?: string): Promise<Command> {
  const key = c.req.header('idempotency-key');
  if (key === undefined || !uuid.test(key))
    throw invalid('Idempotency-Key', 'must be a UUID made for this command');
  const body = content ?? (await c.req.text());
  return {
    id: hash('sha256', key.toLowerCase(), 'base64url'),
    fingerprint: hash('sha256', `${c.req.method} ${c.req.path}\n${body}`, 'base64url'),
    secret: (purpose) =>
      createHmac('sha256', key.toLowerCase()).update(purpose).digest().subarray(0, 16).toString('base64url'),
  };
}

/**
 * The commit itself answers a repetition; only where today's state refuses what was done before must the receipt be
 * asked for.
 */
export async function replayedIfRefused<Body extends object>(
  { eventLog }: Pick<Deps, 'eventLog'>,
  receipt: Receipt,
  decide: () => Promise<Committed<Body>>,
): Promise<Committed<Body>> {
  try {
    return await decide();
  } catch (refusal) {
    const earlier = await eventLog.replay<Body>(receipt);
    if (earlier === null) throw refusal;
    return earlier;
  }
}

/** What the server could not do, whoever asked for it. */
const isFailure = (error: unknown) => ['UNAVAILABLE', 'INTERNAL'].includes(toAppError(error).code);

/** The same, counted: neither what was done before costs anything nor what the server fails at. */
export async function countedOnce<Body extends object>(
  deps: Pick<Deps, 'eventLog' | 'limits'>,
  receipt: Receipt,
  { budget, who }: { budget: Budget; who: string },
  decide: () => Promise<Committed<Body>>,
): Promise<Committed<Body>> {
  const { limits } = deps;
  let isCounted = false;
  try {
    const committed = await replayedIfRefused(deps, receipt, async () => {
      await limits.count(budget, who);
      isCounted = true;
      return await decide();
    });
    if (committed.replayed) await limits.giveBack(budget, who);
    return committed;
  } catch (error) {
    // Where Redis is still away it stays counted, and the first failure is what is told.
    if (isCounted && isFailure(error)) await limits.giveBack(budget, who).catch(() => undefined);
    throw error;
  }
}

/**
 * A command whose body must not be known by what is kept of it: a few digits' hash, or a place's, is as good as they
 * are, so what tells its body apart is made with the command's key, which is stored nowhere.
 */
export async function secretCommandOf(c: Context): Promise<Command> {
  const open = await commandOf(c, '');
  return await commandOf(c, open.secret(`body ${await c.req.text()}`));
}
