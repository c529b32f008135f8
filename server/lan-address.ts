import { networkInterfaces } from 'node:os';

/** Where other devices of the same network reach this machine; null where it is on none. */
export function lanAddress(port: string): string | null {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const outside = addresses.find(({ family, internal }) => family === 'IPv4' && !internal);
  return outside === undefined ? null : `http://${outside.address}:${port}`;
}
