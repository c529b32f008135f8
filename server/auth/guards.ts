import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import * as v from 'valibot';
import type { Member } from '../../shared/neighbourhoods.ts';
import { Id } from '../../shared/text.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { addressGroup } from '../limits.ts';
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

/** The session of the request's cookie; null when there is none. Guessed tokens are counted by address. */
export async function findSession(c: Context, { env, sessions, limits }: Guards): Promise<Session | null> {
  const token = tokenOfCookies(c.req.header('cookie'), isSecure(env));
  if (token === null) return null;
  const session = await sessions.find(token);
  if (session === null) await limits.count('guesses', addressOf(c, env));
  return session;
}

export async function requireSession(c: Context, deps: Guards): Promise<Session> {
  const session = await findSession(c, deps);
  if (session === null) throw new AppError('NOT_SIGNED_IN');
  return session;
}

/** Lets signed-in people through. */
export function signedIn(deps: Guards) {
  return createMiddleware<Guarded>(async (c, next) => {
    c.set('session', await requireSession(c, deps));
    await next();
  });
}

/**
 * Lets active members of the neighbourhood in the path (`:n`) through; for others it does not exist.
 * Commands are counted by member.
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
    if (c.req.method !== 'GET') await deps.limits.count('commands', member.id);
    c.set('session', session);
    c.set('member', member);
    c.set('neighbourhoodId', neighbourhoodId.output);
    await next();
  });
}

/** @throws AppError FORBIDDEN unless the member coordinates */
export function requireCoordinator(member: Member): void {
  if (member.role !== 'coordinator') throw new AppError('FORBIDDEN');
}
