import type { Context } from 'hono';
import { deleteCookie, setCookie } from 'hono/cookie';
import type { Env } from '../env.ts';
import { isSecure } from './guards.ts';
import { sessionCookieName } from './session.ts';

const options = (secure: boolean) => ({ path: '/', httpOnly: true, sameSite: 'Lax', secure }) as const;

/** Hands the device its session: HttpOnly, SameSite=Lax, host-bound on HTTPS. */
export function setSessionCookie(c: Context, env: Env, token: string): void {
  const secure = isSecure(env);
  setCookie(c, sessionCookieName(secure), token, { ...options(secure), maxAge: 365 * 24 * 3600 });
}

export function clearSessionCookie(c: Context, env: Env): void {
  const secure = isSecure(env);
  deleteCookie(c, sessionCookieName(secure), options(secure));
}
