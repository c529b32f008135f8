import { isIP } from 'node:net';

export type AddressCheck =
  /** `named`: the operator allowed this origin, wherever it leads. */
  | { ok: true; url: URL; named: boolean }
  /** `reason` is fit for an answer: it repeats nothing of the address. */
  | { ok: false; reason: string };

const refused = (reason: string): AddressCheck => ({ ok: false, reason });

/**
 * Whether messages may be sent to this address of a member's. It could name any machine that this server can reach:
 * only names of public hosts pass, on https and its own port; where they lead is checked at each connection.
 * @param extraOrigins origins such as `http://192.168.1.20:2586` which the operator allows besides
 */
export function checkAddress(address: string, extraOrigins: readonly string[]): AddressCheck {
  if (!URL.canParse(address)) return refused('must be a URL');
  const url = new URL(address);
  if (url.username !== '' || url.password !== '') return refused('must not carry credentials');
  if (url.hash !== '') return refused('must not carry a fragment');
  if (extraOrigins.some((origin) => new URL(origin).origin === url.origin))
    return { ok: true, url, named: true };
  if (url.protocol !== 'https:') return refused('must be https');
  if (url.port !== '') return refused('must use the port 443');
  if (url.hostname.startsWith('[') || isIP(url.hostname) !== 0) return refused('must name a host');
  // A single label is a machine of the local network, or a top-level domain.
  return url.hostname.includes('.') ? { ok: true, url, named: false } : refused('must name a public host');
}

/** A topic and its server: the address without its last part. Null where it names no topic. */
export function topicIn(url: URL): { server: URL; topic: string } | null {
  const [, base = '', topic = ''] = /^(.*\/)([\w-]{1,64})\/?$/u.exec(url.pathname) ?? [];
  return topic === '' || url.search !== '' ? null : { server: new URL(base, url.origin), topic };
}
