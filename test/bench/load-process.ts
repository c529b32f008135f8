import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** POSTs one body over and over on kept connections, one request at a time on each; counts answers by status. */
export type Load = { url: string; cookie: string; body: string; connections: number; seconds: number };
export type LoadResult = { created: number; refused: number; perSecond: number };

function requestOf({ url, cookie, body }: Load): string {
  const { host, pathname } = new URL(url);
  return (
    `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nCookie: ${cookie}\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\nIdempotency-Key: ${randomUUID()}\r\n\r\n${body}`
  );
}

/** Whether an answer has come whole, by its Content-Length or its last chunk. */
function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /\r\ncontent-length: (\d+)/iu.exec(text.slice(0, end))?.[1];
  return length === undefined ? text.endsWith('0\r\n\r\n') : text.length >= end + 4 + Number(length);
}

async function run(load: Load): Promise<LoadResult> {
  const { hostname, port } = new URL(load.url);
  const result = { created: 0, refused: 0 };
  const until = performance.now() + load.seconds * 1000;
  const one = async () => {
    const socket: Socket = connect(Number(port), hostname);
    await new Promise<void>((resolve, reject) => {
      let text = '';
      socket.setNoDelay(true).setEncoding('latin1');
      socket.on('connect', () => socket.write(requestOf(load)));
      socket.on('data', (chunk: string) => {
        text += chunk;
        if (!isWhole(text)) return;
        if (text.startsWith('HTTP/1.1 201')) result.created += 1;
        else result.refused += 1;
        text = '';
        if (performance.now() < until) socket.write(requestOf(load));
        else {
          socket.destroy();
          resolve();
        }
      });
      socket.once('error', reject);
    });
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: load.connections }, one));
  return { ...result, perSecond: result.created / ((performance.now() - started) / 1000) };
}

process.on('message', (load: Load) => {
  run(load).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      throw error;
    },
  );
});
