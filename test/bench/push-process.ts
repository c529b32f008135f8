import { execFileSync } from 'node:child_process';
import http2 from 'node:http2';
import { setPriority } from 'node:os';
import { selfSigned } from '../support/self-signed.ts';

/** How the service treats requests from now on, and after how many accepted ones it is to say so. */
export type PushOrder = { behave: 'accept' | 'hang' | 'reset' | 'unavailable'; until: number };
/** So many messages were accepted since the order. */
export type PushReport = { accepted: number };

// A push service over HTTP/2 or HTTP/1.1 as its caller likes, in a process of its own: its CPU is not the sender's.
// It takes everything at once unless it is told to do otherwise.
// It stands for a machine elsewhere: it runs while nobody else wants the core, so that it takes none from the server
// that is measured. Where the system has no such policy, it stands far behind.
try {
  execFileSync('chrt', ['--all-tasks', '--idle', '--pid', '0', String(process.pid)]);
} catch {
  setPriority(15);
}
let order: PushOrder = { behave: 'accept', until: Infinity };
let accepted = 0;

const server = http2.createSecureServer({ ...selfSigned, allowHTTP1: true }, (request, response) => {
  request.on('error', () => undefined);
  request.resume().on('end', () => {
    if (order.behave === 'hang') return;
    if (order.behave === 'reset') {
      request.stream?.session?.destroy();
      return;
    }
    if (order.behave === 'unavailable') {
      response.writeHead(503).end();
      return;
    }
    response.writeHead(201, { Location: 'https://localhost/message/1' }).end();
    accepted += 1;
    if (accepted === order.until) process.send?.({ accepted } satisfies PushReport);
  });
});
process.on('message', (next: PushOrder) => {
  order = next;
  accepted = 0;
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address !== null ? address.port : 0);
});
process.on('disconnect', () => process.exit());
