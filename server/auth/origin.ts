import type { Env } from '../env.ts';
import { lanAddress } from '../lan-address.ts';

/** What decides whether a request comes from our own pages. */
export type OriginHeaders = {
  origin: string | undefined;
  secFetchSite: string | undefined;
  host: string | undefined;
};

/**
 * Whether a state-changing request or a socket handshake comes from another site's page (OWASP CSRF cheat sheet:
 * Fetch Metadata first, then Origin). Browsers send `Origin` with every POST and WebSocket; a request with
 * neither header is no browser's and carries no one else's cookie.
 */
export function isForeign(headers: OriginHeaders, publicUrl: string | undefined): boolean {
  const { origin, secFetchSite, host } = headers;
  if (secFetchSite === 'cross-site' || secFetchSite === 'same-site') return true;
  if (origin === undefined) return false;
  if (publicUrl !== undefined && origin === publicUrl) return false;
  if (!URL.canParse(origin)) return true;
  // Behind a proxy that ends TLS the scheme differs, never the host.
  return host === undefined || new URL(origin).host !== host;
}

/**
 * Where people reach this instance, for links that travel: whoever founds a neighbourhood on the machine itself, at
 * localhost, invites phones that must find it by its address in the local network.
 */
export function originOf(requestUrl: string, { PUBLIC_URL, HOST }: Pick<Env, 'PUBLIC_URL' | 'HOST'>): string {
  if (PUBLIC_URL !== undefined) return PUBLIC_URL;
  const { origin, hostname, port } = new URL(requestUrl);
  const here = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  const everywhere = HOST === '0.0.0.0' || HOST === '::';
  return (here && everywhere ? lanAddress(port) : null) ?? origin;
}
