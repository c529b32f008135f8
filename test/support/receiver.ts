import http, { type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from './eventually.ts';

export type Got = { path: string; headers: IncomingHttpHeaders; body: string };
type Behaviour = number | { status: number; headers: Record<string, string> };

/** A member's own receiver: a webhook's, or a server of topics. */
export async function startReceiver() {
  const got: Got[] = [];
  let plan: Behaviour[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      got.push({ path: request.url ?? '', headers: request.headers, body });
      const next = plan.shift() ?? 200;
      const { status, headers } = typeof next === 'number' ? { status: next, headers: {} } : next;
      response.writeHead(status, headers).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    got,
    /** The next requests are answered so, one after the other; later ones with 200. */
    behave(behaviours: Behaviour[]): void {
      plan = [...behaviours];
    },
    reset(): void {
      got.length = 0;
      plan = [];
    },
    waitFor: (condition: (got: readonly Got[]) => boolean) =>
      eventually(() => condition(got), { what: 'the requests at the receiver' }),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;
