import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

export type TileServer = {
  template: string;
  requests: { path: string; userAgent: string; ifNoneMatch: string | undefined }[];
  /** How the next requests are answered. */
  answer: (request: IncomingMessage, response: ServerResponse) => void;
  close: () => Promise<void>;
};

/** Somebody else's tile server on a loopback port, which records what it is asked. */
export async function startTileServer(): Promise<TileServer> {
  const tileServer: TileServer = {
    template: '',
    requests: [],
    answer: (_, response) => response.writeHead(200, { 'Content-Type': 'image/png' }).end(png),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  const server = createServer((request, response) => {
    const { 'user-agent': userAgent = '', 'if-none-match': ifNoneMatch } = request.headers;
    tileServer.requests.push({ path: request.url ?? '', userAgent, ifNoneMatch });
    tileServer.answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  tileServer.template = `http://127.0.0.1:${port}/{z}/{x}/{y}.png?key=secret`;
  return tileServer;
}
