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

/** Where people reach this instance, for links that travel. */
export function originOf(requestUrl: string, publicUrl: string | undefined): string {
  return publicUrl ?? new URL(requestUrl).origin;
}
