import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Sends one receipt for each device, evenly over the time, on kept connections. */
export type Receipts = { url: string; cookies: string[]; kind: 'got' | 'saw'; seconds: number };
export type ReceiptsResult = { taken: number; refused: number; seconds: number };

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

function send({ url, kind }: Receipts, cookie: string): Promise<number> {
  const body = JSON.stringify({ kind, of: 'alert' });
  return new Promise((resolve, reject) => {
    const headers = {
      cookie,
      'content-type': 'application/json',
      'content-length': body.length,
      'idempotency-key': randomUUID(),
    };
    request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    })
      .once('error', reject)
      .end(body);
  });
}

async function run(receipts: Receipts): Promise<ReceiptsResult> {
  const { cookies, seconds } = receipts;
  const started = performance.now();
  const answers: Promise<number>[] = [];
  for (const [i, cookie] of cookies.entries()) {
    const due = started + (i / cookies.length) * seconds * 1000;
    const wait = due - performance.now();
    if (wait > 1) await delay(wait);
    answers.push(send(receipts, cookie));
  }
  const statuses = await Promise.all(answers);
  const taken = statuses.filter((status) => status === 204).length;
  return { taken, refused: statuses.length - taken, seconds: (performance.now() - started) / 1000 };
}

process.on('message', (receipts: Receipts) => {
  run(receipts).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      throw error;
    },
  );
});
