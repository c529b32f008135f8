import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Hosts of the browsers' push services: Chrome and its kin, Firefox, Safari, Edge. */
const exactHosts = new Set([
  'fcm.googleapis.com',
  'jmt17.google.com',
  'updates.push.services.mozilla.com',
  'web.push.apple.com',
]);
/** Domains whose subdomains are push services too. */
const parentDomains = ['.push.services.mozilla.com', '.push.apple.com', '.notify.windows.com'];

const maxEndpointLength = 1024;

export type EndpointCheck =
  /** `named`: the operator allowed this origin, wherever it leads. */
  | { ok: true; url: URL; named: boolean }
  /** `reason` is fit for an answer: it repeats nothing of the endpoint. */
  | { ok: false; reason: string };

const refused = (reason: string): EndpointCheck => ({ ok: false, reason });

/**
 * Whether messages may be sent to this address. A subscription comes from a browser, so it could name any machine
 * that this server can reach: only known push services pass, on the parsed host and never by a pattern over text.
 * @param extraOrigins origins such as `http://127.0.0.1:9999` which the operator allows besides
 */
export function checkEndpoint(endpoint: string, extraOrigins: readonly string[]): EndpointCheck {
  const url = endpoint.length > maxEndpointLength ? null : parse(endpoint);
  if (url === null) return refused('must be a URL');
  if (url.username !== '' || url.password !== '') return refused('must not carry credentials');
  if (url.hash !== '') return refused('must not carry a fragment');
  if (originsOf(extraOrigins).has(url.origin)) return { ok: true, url, named: true };

  if (url.protocol !== 'https:') return refused('must be https');
  if (url.port !== '') return refused('must use the port 443');
  const host = url.hostname;
  if (host.startsWith('[') || isIP(host) !== 0) return refused('must name a host');
  const known = exactHosts.has(host) || parentDomains.some((parent) => isChildOf(host, parent));
  return known ? { ok: true, url, named: false } : refused('must belong to a known push service');
}

// Asked at each message: to parse an address costs as much as a hash.
function parse(endpoint: string): URL | null {
  try {
    return new URL(endpoint);
  } catch {
    return null;
  }
}

const parsedOrigins = new WeakMap<readonly string[], ReadonlySet<string>>();
function originsOf(origins: readonly string[]): ReadonlySet<string> {
  const known = parsedOrigins.get(origins) ?? new Set(origins.map((origin) => new URL(origin).origin));
  parsedOrigins.set(origins, known);
  return known;
}

function isChildOf(host: string, parent: string): boolean {
  return (
    host.endsWith(parent) && /^[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63})*$/u.test(host.slice(0, -parent.length))
  );
}

/**
 * Whose push service an endpoint's host belongs to, for figures and the log: hosts that a service has many of count
 * as one, and none of it says whose device it is.
 */
export function serviceOf(host: string): string {
  const parent = exactHosts.has(host) ? undefined : parentDomains.find((domain) => isChildOf(host, domain));
  return parent === undefined ? host : `*${parent}`;
}

// All of IPv6 outside is local, mapped, compatible, translated (NAT64, SIIT), multicast or not assigned.
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address is an ordinary public one: neither on this machine or network, nor a way around to them
 * (IANA's special-purpose registries: 6to4, Teredo, documentation, benchmarking and their like).
 */
export function isPublicAddress(address: string): boolean {
  // Only the canonical notations: `parse` would also read 0x7f.1. A zone makes an address local.
  if (isIP(address) === 0 || address.includes('%')) return false;
  const ip = ipaddr.parse(address);
  if (ip.range() !== 'unicast') return false;
  return ip instanceof ipaddr.IPv4 || ip.match(globalUnicast);
}

export type Address = { address: string; family: number };
/** Resolves a host to all its addresses. */
export type Resolver = (host: string) => Promise<Address[]>;

const systemResolver: Resolver = async (host) => await systemLookup(host, { all: true });

/** A push service's name leads to an address that is not public. */
export class ForbiddenAddress extends Error {
  override readonly name = 'ForbiddenAddress';
  readonly code = 'EFORBIDDENADDRESS';
}

/**
 * All addresses of a host. One forbidden address refuses them all: an honest push service has none, and who mixes
 * them hopes for the other one to be taken.
 * @throws ForbiddenAddress, and whatever the resolver throws
 */
export async function resolvePublic(host: string, resolver: Resolver = systemResolver): Promise<Address[]> {
  const addresses = await resolver(host);
  if (addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address))) {
    throw new ForbiddenAddress('not a public address');
  }
  return addresses;
}

/**
 * The `lookup` of an agent. Each new connection resolves, checks, and goes to exactly what was checked: a name
 * that changes its address between the check and the connection gains nothing.
 */
export function publicLookup(resolver?: Resolver): LookupFunction {
  return (host, options, callback) => {
    const answer = async () => {
      let addresses: Address[];
      try {
        addresses = await resolvePublic(host, resolver);
      } catch (error) {
        callback(error instanceof Error ? error : new Error('not resolved'), '', 0);
        return;
      }
      const one = options.family === 4 || options.family === 6;
      const wanted = one ? addresses.filter(({ family }) => family === options.family) : addresses;
      const [first] = wanted;
      if (first === undefined) callback(new ForbiddenAddress('no address of this family'), '', 0);
      else if (options.all === true) callback(null, wanted);
      else callback(null, first.address, first.family);
    };
    void answer();
  };
}
