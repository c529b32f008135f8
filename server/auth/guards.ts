import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import * as v from 'valibot';
import type { Member } from '../../shared/neighbourhoods.ts';
import { Id } from '../../shared/text.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Guard } from '../eventlog/eventlog.ts';
import { addressGroup, type Budget } from '../limits.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { findMembership } from './membership.ts';
import { isForeign } from './origin.ts';
import { claimedPerson, type Session, tokenOfCookies } from './session.ts';

/** What the guards leave in the context. */
export type Guarded = { Variables: { session: Session; member: Member; neighbourhoodId: string } };

type Guards = Pick<Deps, 'env' | 'sessions' | 'redis' | 'limits'>;

export const isSecure = (env: Deps['env']) => env.PUBLIC_URL?.startsWith('https:') === true;

type Bindings = { incoming?: { socket?: { remoteAddress?: string } } };

/**
 * The caller's address, by group. Forwarded addresses count only as far as configured proxies added them.
 * @param hops how many proxies stand in front, `TRUST_PROXY`
 */
export function callerOf(forwarded: string | undefined, remote: string | undefined, hops: number): string {
  const chain = (forwarded ?? '').split(',').map((part) => part.trim());
  const told = hops > 0 ? chain.at(-hops) : undefined;
  return addressGroup(told === undefined || told === '' ? (remote ?? 'local') : told);
}

export function addressOf(c: Context, env: Deps['env']): string {
  const { incoming } = (c.env ?? {}) as Bindings;
  return callerOf(c.req.header('x-forwarded-for'), incoming?.socket?.remoteAddress, env.TRUST_PROXY);
}

/** Refuses state-changing requests that another site's page sent. */
export function refuseForeign({ env }: Pick<Deps, 'env'>) {
  return createMiddleware(async (c, next) => {
    if (!['GET', 'HEAD', 'OPTIONS'].includes(c.req.method)) {
      const headers = {
        origin: c.req.header('origin'),
        secFetchSite: c.req.header('sec-fetch-site'),
        host: c.req.header('host'),
      };
      if (isForeign(headers, env.PUBLIC_URL)) throw new AppError('FORBIDDEN');
    }
    await next();
  });
}

/** The session of the request's cookie; null when there is none. */
export async function findSession(
  c: Context,
  { env, sessions }: Pick<Guards, 'env' | 'sessions'>,
): Promise<Session | null> {
  return await sessions.find(tokenOfCookies(c.req.header('cookie'), isSecure(env)));
}

/** @throws AppError NOT_SIGNED_IN; tokens that open nothing are counted by address */
export async function requireSession(c: Context, deps: Guards): Promise<Session> {
  const session = await findSession(c, deps);
  if (session !== null) return session;
  const hasToken = tokenOfCookies(c.req.header('cookie'), isSecure(deps.env)) !== null;
  if (hasToken) await deps.limits.count('sessions', addressOf(c, deps.env));
  throw new AppError('NOT_SIGNED_IN');
}

/** Lets signed-in people through. */
export function signedIn(deps: Guards) {
  return createMiddleware<Guarded>(async (c, next) => {
    c.set('session', await requireSession(c, deps));
    await next();
  });
}

/** That a walker is well, or that somebody looks for them: never refused for what else its member, or their house, does. */
const ofSafety = /\/(?:check-ins|searches\/[\w-]+\/(?:looking|end))$/u;
export const isOfSafety = ({ req }: Context): boolean => req.method === 'POST' && ofSafety.test(req.path);

/** A device's own word that something came or was seen: thousands come at once. */
export const isReceipt = ({ req }: Context): boolean => req.path.endsWith('/seen');

function budgetOf(c: Context): Budget {
  const { req } = c;
  if (req.method === 'GET') return 'reads';
  if (isOfSafety(c)) return 'safety';
  return isReceipt(c) ? 'receipts' : 'commands';
}

/**
 * Lets active members of the neighbourhood in the path (`:n`) through; for others it does not exist.
 * Commands are counted by member, and receipts by themselves.
 */
export function members(deps: Guards) {
  return createMiddleware<Guarded>(async (c, next) => {
    const neighbourhoodId = v.safeParse(Id, c.req.param('n'));
    const claimed = claimedPerson(tokenOfCookies(c.req.header('cookie'), isSecure(deps.env)));
    // Both reads leave in one round trip; what the second finds counts only for a person who is who they claim.
    const [session, member] = await Promise.all([
      requireSession(c, deps),
      claimed === null || !neighbourhoodId.success
        ? null
        : findMembership(deps.redis, claimed, neighbourhoodId.output),
    ]);
    if (member === null || !neighbourhoodId.success) throw new AppError('NOT_FOUND');
    await deps.limits.count(budgetOf(c), member.id);
    c.set('session', session);
    c.set('member', member);
    c.set('neighbourhoodId', neighbourhoodId.output);
    await next();
  });
}

/** Who acts, with the guard that makes their command fail should their membership change before it is committed. */
export type Actor = { member: Member; guard: Guard };

/**
 * Gives the acting member anew for each attempt at a command: first as the guard of the route found them, then as
 * they are now.
 * @throws AppError NOT_FOUND, from the second attempt on, when their membership has ended
 */
export function actorOf(c: Context<Guarded>, { redis }: Pick<Deps, 'redis'>): () => Promise<Actor> {
  const { neighbourhoodId, session, member: found } = c.var;
  let first = true;
  return async () => {
    const member = first ? found : await findMembership(redis, session.personId, neighbourhoodId);
    first = false;
    if (member === null) throw new AppError('NOT_FOUND');
    const { members: key } = neighbourhoodKeys(neighbourhoodId);
    return { member, guard: { key, field: member.id, version: member.version } };
  };
}

/** @throws AppError FORBIDDEN unless the member coordinates */
export function requireCoordinator(member: Member): void {
  if (member.role !== 'coordinator') throw new AppError('FORBIDDEN');
}
