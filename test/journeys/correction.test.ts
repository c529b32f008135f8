import { afterAll, beforeAll, expect, it } from 'vitest';
import type { IncidentDetail, Reach } from '../../shared/incidents.ts';
import type { PushMessage } from '../../shared/push.ts';
import { phoneAt } from '../support/app.ts';
import { type Device, openMap } from '../support/device.ts';
import { eventually } from '../support/eventually.ts';
import { type Phone, street } from '../support/phone.ts';
import { startProcess, type TestProcess } from '../support/process.ts';
import { type PushService, startPushService } from '../support/push-service.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let redis: TestRedis;
let push: PushService;
let processes: TestProcess[];
const open: Device[] = [];

beforeAll(async () => {
  redis = await startRedis();
  push = await startPushService();
  const { target } = redis;
  const env = {
    REDIS_URL: `unix://${target.kind === 'socket' ? target.path : ''}`,
    PUSH_EXTRA_ORIGINS: push.origin,
  };
  processes = await Promise.all([startProcess(env), startProcess({ ...env, ROLES: 'web' })]);
});
afterAll(async () => {
  for (const device of open) device.close();
  for (const process of processes) await process.stop();
  await push.close();
  await redis.stop();
});

const url = (i: number) => processes[i % 2]?.url ?? '';

/** A neighbour's one device: by which ways it is told. */
type Neighbour = { phone: Phone; subscriptionId: string | null; map: Device | null };

it('[OC11] the figures of alert and correction equal what the push service and the sockets saw', async () => {
  const names = ['Bo', 'Cy', 'Di', 'Ed', 'Fi', 'Gil', 'Hu', 'Ivo', 'Jo'];
  const { id, founder, neighbours } = await street(() => phoneAt(url(0)), names);
  const devices: Neighbour[] = [];
  for (const [i, { phone }] of neighbours.entries()) {
    const device: Neighbour = { phone, subscriptionId: null, map: null };
    // A third by push, a third live, a third by both; the last by neither.
    if (i < 8 && i % 3 !== 1) {
      const { endpoint, keys, id: subscriptionId } = push.newSubscription();
      await phone.must(phone.send('PUT', '/api/push/subscription', { endpoint, keys }));
      device.subscriptionId = subscriptionId;
    }
    if (i < 8 && i % 3 !== 0) {
      device.map = openMap(url(i), phone, id);
      open.push(device.map);
    }
    devices.push(device);
  }
  await eventually(() => open.every(({ state }) => state === 'live'));

  const { incident } = await founder.report(id, { severity: 'severe' });
  const about = `/api/neighbourhoods/${id}/incidents/${incident.id}`;
  const messages = ({ subscriptionId }: Neighbour) =>
    push.received
      .filter((received) => received.subscriptionId === subscriptionId)
      .map(({ payload }) => (JSON.parse(payload) as PushMessage).kind);
  const entries = ({ map }: Neighbour) =>
    (map?.entries ?? []).flatMap((entry) =>
      entry.type === 'incident.reported' || entry.type === 'incident.closed' ? [entry.type] : [],
    );
  const subscribed = devices.filter(({ subscriptionId }) => subscriptionId !== null);
  const live = devices.filter(({ map }) => map !== null);
  const told = (kind: 'alert' | 'correction') =>
    devices.filter(
      (device) =>
        messages(device).includes(kind) ||
        entries(device).includes(kind === 'alert' ? 'incident.reported' : 'incident.closed'),
    );
  const reached = async (wanted: (reach: Reach) => boolean) =>
    await eventually(async () => {
      const { reach } = await founder.must(founder.get<IncidentDetail>(about));
      return wanted(reach) && reach;
    });
  const onEveryMap = async (reach: Reach) =>
    await eventually(() =>
      live.every(({ map }) => JSON.stringify(map?.reach.get(incident.id)) === JSON.stringify(reach)),
    );
  /** The devices' own word, as the service worker and the page give it; Cy's phone is in a drawer. */
  const receipts = async (of: 'alert' | 'correction', sawIt: number) => {
    const got = told(of).filter((_, i) => i !== 1);
    for (const { phone } of got) await phone.must(phone.post(`${about}/seen`, { kind: 'got', of }));
    for (const { phone } of got.slice(0, sawIt))
      await phone.must(phone.post(`${about}/seen`, { kind: 'saw', of }));
    return { got: got.length, saw: sawIt };
  };

  await push.waitFor((received) => received.length === subscribed.length);
  await eventually(() => live.every((device) => entries(device).length === 1));
  expect(told('alert')).toHaveLength(8);
  const alert = { told: told('alert').length, ...(await receipts('alert', 4)) };
  const ofAlert = await reached((reach) => reach.alert.told === 8 && reach.alert.saw === 4);
  expect(ofAlert).toEqual({
    maps: live.length,
    phones: subscribed.length,
    alert,
    correction: { told: 0, got: 0, saw: 0 },
  });
  await onEveryMap(ofAlert);

  await founder.must(founder.post(`${about}/resolution`, { kind: 'false-alarm', reason: 'It was a drill.' }));
  await push.waitFor((received) => received.length === 2 * subscribed.length);
  await eventually(() => live.every((device) => entries(device).length === 2));
  for (const device of subscribed) expect(messages(device)).toEqual(['alert', 'correction']);
  expect(told('correction')).toEqual(told('alert'));
  const correction = { told: told('correction').length, ...(await receipts('correction', 3)) };
  const ofBoth = await reached(
    (reach) => reach.correction.told === 8 && reach.correction.saw === 3 && reach.correction.got === 7,
  );
  expect(ofBoth).toEqual({ maps: live.length, phones: subscribed.length, alert, correction });
  await onEveryMap(ofBoth);
  expect(push.faults).toEqual([]);
});
