import { fork } from 'node:child_process';
import { createECDH, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import https from 'node:https';
import webPush from 'web-push';
import type { IncidentMessage } from '../../shared/push.ts';
import { createSender, topicOf } from '../../server/push/sender.ts';
import { createVapid } from '../../server/push/vapid.ts';
import { selfSigned } from '../support/self-signed.ts';
import { median, medianRatio, type Row } from './figures.ts';

const rounds = 9;
const messages = 2000;
/** Until the compiler has done with both: what a worker that has been running for a while costs. */
const warmUp = 24_000;
const atOnce = 32;
const subject = 'mailto:bench@example.org';

const message: IncidentMessage = {
  kind: 'alert',
  neighbourhoodId: 'neighbourhood-id',
  neighbourhoodName: 'Rue des Lilas et environs',
  incidentId: 'incident-bench00',
  category: 'suspicious',
  severity: 'moderate',
  locale: 'fr',
};

type Spent = { micros: number; perSecond: number };

/** CPU microseconds of this process for each of `count` sends, `atOnce` at a time, and how many it did a second. */
async function measure(count: number, send: (i: number) => Promise<unknown>): Promise<Spent> {
  let next = 0;
  const begun = performance.now();
  const before = process.cpuUsage();
  const lanes = Array.from({ length: atOnce }, async () => {
    while (next < count) await send(next++);
  });
  await Promise.all(lanes);
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - begun) / 1000;
  return { micros: (user + system) / count, perSecond: count / seconds };
}

function newSubscription(endpoint: string) {
  const pair = createECDH('prime256v1');
  const p256dh = pair.generateKeys('base64url');
  return { endpoint, keys: { p256dh, auth: randomBytes(16).toString('base64url') } };
}

/**
 * What one push costs this process: encryption, authorization and the HTTPS request over connections that are kept,
 * ours beside web-push's `sendNotification`, in alternating rounds against the same service.
 */
export async function benchPush(): Promise<{ rows: Row[] }> {
  const service = fork(new URL('./push-process.ts', import.meta.url), [], { execArgv: ['--import', 'tsx'] });
  const [port] = await once(service, 'message');
  const origin = `https://127.0.0.1:${Number(port)}`;
  const vapid = webPush.generateVAPIDKeys();
  const subscriptions = Array.from({ length: 50 }, (_, i) => newSubscription(`${origin}/push/${i}`));
  const receiver = (i: number) => subscriptions[i % subscriptions.length] ?? newSubscription(origin);
  const payload = Buffer.from(JSON.stringify(message));
  const options = { urgency: 'high', topic: topicOf(message.incidentId), ttl: 3600 } as const;

  const sender = createSender({
    vapid: createVapid(vapid, subject, Date.now),
    extraOrigins: [origin],
    now: Date.now,
    ca: selfSigned.cert,
  });
  const ours = async (i: number) => {
    const outcome = await sender.send(receiver(i), { payload, ...options });
    if (outcome.kind !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(outcome)}`);
  };
  // The peer gets kept connections too: by itself it would use Node's global agent, which trusts no test's certificate.
  const agent = new https.Agent({ keepAlive: true, maxSockets: atOnce, ca: selfSigned.cert });
  const vapidDetails = { subject, ...vapid };
  const theirs = (i: number) =>
    webPush.sendNotification(receiver(i), payload, {
      vapidDetails,
      TTL: options.ttl,
      urgency: options.urgency,
      topic: options.topic,
      agent,
    });

  await measure(warmUp, ours);
  await measure(warmUp, theirs);
  const samples = { ours: [] as Spent[], theirs: [] as Spent[] };
  for (let round = 0; round < rounds; round += 1) {
    // Who goes first changes, so that neither always meets what the other left behind.
    const first = round % 2 === 0;
    if (first) samples.ours.push(await measure(messages, ours));
    samples.theirs.push(await measure(messages, theirs));
    if (!first) samples.ours.push(await measure(messages, ours));
  }
  sender.close();
  agent.destroy();
  const gone = once(service, 'exit');
  service.disconnect();
  await gone;

  const micros = (spent: Spent[]) => spent.map((each) => each.micros);
  const perSecond = (spent: Spent[]) => spent.map((each) => each.perSecond);
  const { ours: mine, theirs: peers } = samples;
  return {
    rows: [
      {
        figure: 'CPU per push, encrypted and sent over TLS',
        ours: `${median(micros(mine)).toFixed(0)} µs`,
        peer: "web-push's sendNotification",
        peerValue: `${median(micros(peers)).toFixed(0)} µs`,
        ratio: medianRatio(micros(mine), micros(peers)),
        aim: '≤ 0.25',
      },
      {
        figure: 'pushes a second over TLS, 32 at a time',
        ours: median(perSecond(mine)).toFixed(0),
        peer: "web-push's sendNotification",
        peerValue: median(perSecond(peers)).toFixed(0),
        ratio: medianRatio(perSecond(mine), perSecond(peers)),
        aim: '',
      },
    ],
  };
}
