import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Device as ListedDevice, LinkCreated } from '../../shared/auth.ts';
import type { IncidentDetail } from '../../shared/incidents.ts';
import type { PushMessage } from '../../shared/push.ts';
import { phoneAt } from '../support/app.ts';
import { type Device, openMap } from '../support/device.ts';
import { eventually, promptly } from '../support/eventually.ts';
import { street } from '../support/phone.ts';
import { startProcess, type TestProcess } from '../support/process.ts';
import { type PushService, startPushService } from '../support/push-service.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

describe.each([
  { name: 'one Redis', cluster: false },
  { name: 'a one-node cluster', cluster: true },
])('the spine on $name', ({ cluster }) => {
  let redis: TestRedis;
  let push: PushService;
  let processes: TestProcess[];
  const open: Device[] = [];

  beforeAll(async () => {
    redis = await startRedis({ cluster });
    push = await startPushService();
    const { target } = redis;
    const where: Record<string, string> =
      target.kind === 'cluster'
        ? { REDIS_CLUSTER_NODES: target.nodes.join(',') }
        : { REDIS_URL: `unix://${target.kind === 'socket' ? target.path : ''}` };
    const env = { ...where, PUSH_EXTRA_ORIGINS: push.origin };
    processes = await Promise.all([startProcess(env), startProcess({ ...env, ROLES: 'web' })]);
  });
  afterAll(async () => {
    for (const device of open) device.close();
    for (const process of processes) await process.stop();
    await push.close();
    await redis.stop();
  });

  const url = (i: number) => processes[i]?.url ?? '';
  /** Ready is who has an answer of Redis. */
  const inTwoSeconds = {
    ms: 2000,
    pace: () => Promise.all(processes.map((each) => fetch(`${each.url}/health/ready`))),
  };

  it('[JO1] takes an alert from one phone to every map and phone, over two processes', async () => {
    const { id, founder, neighbours } = await street(() => phoneAt(url(0)), ['Bo', 'Cy']);
    const [bo, cy] = neighbours;
    if (bo === undefined || cy === undefined) throw new Error('no neighbours');
    const subscription = push.newSubscription();
    await founder.must(
      founder.send('PUT', '/api/push/subscription', {
        endpoint: subscription.endpoint,
        keys: subscription.keys,
      }),
    );
    const maps = [openMap(url(0), founder, id), openMap(url(1), bo.phone, id), openMap(url(1), cy.phone, id)];
    open.push(...maps);
    await eventually(() => maps.every(({ state }) => state === 'live'));

    const { incident, seq } = await bo.phone.report(id, { severity: 'severe', category: 'fire' });

    for (const map of maps) await eventually(() => map.incidents().includes(incident.id));
    expect(maps[0]?.entries.at(-1)).toMatchObject({ seq, type: 'incident.reported', incident });
    await push.waitFor((received) =>
      received.some(({ subscriptionId }) => subscriptionId === subscription.id),
    );
    const message = push.received.find(({ subscriptionId }) => subscriptionId === subscription.id);
    const payload = JSON.parse(message?.payload ?? '') as PushMessage;
    expect(payload).toMatchObject({
      incidentId: incident.id,
      category: 'fire',
      neighbourhoodName: 'Rue des Lilas',
    });
    expect(JSON.stringify(payload)).not.toContain(incident.description);
    // Two maps besides the reporter's own, and one phone; the room hears what the server knows, once all has come in.
    await eventually(async () => {
      const { body } = await founder.get<IncidentDetail>(
        `/api/neighbourhoods/${id}/incidents/${incident.id}`,
      );
      const told = maps[1]?.reach.get(incident.id);
      return (
        body.reach.maps === 2 &&
        body.reach.phones === 1 &&
        JSON.stringify(told) === JSON.stringify(body.reach)
      );
    });
    expect(push.faults).toEqual([]);
  });

  it('[JO2] ends a removed member’s sockets and push within 2 s on every process', async () => {
    const { id, founder, neighbours } = await street(() => phoneAt(url(0)), ['Bo', 'Cy']);
    const [bo, cy] = neighbours;
    if (bo === undefined || cy === undefined) throw new Error('no neighbours');
    const subscription = push.newSubscription();
    await bo.phone.must(
      bo.phone.send('PUT', '/api/push/subscription', {
        endpoint: subscription.endpoint,
        keys: subscription.keys,
      }),
    );
    const maps = [0, 1].map((i) => openMap(url(i), bo.phone, id));
    open.push(...maps);
    await eventually(() => maps.every(({ state }) => state === 'live'));
    let drops = 0;
    for (const map of maps) map.socket.on('disconnect', () => (drops += 1));

    await founder.must(founder.send('DELETE', `/api/neighbourhoods/${id}/members/${bo.member.id}`));

    await promptly(() => drops >= 2 && maps.every(({ state }) => state === 'not-a-member'), {
      ...inTwoSeconds,
      what: 'the end of a removed member’s sockets',
    });
    const seen = maps.map((map) => map.incidents().length);
    const { incident } = await cy.phone.report(id);
    const witness = openMap(url(1), founder, id);
    open.push(witness);
    await eventually(() => witness.incidents().includes(incident.id));
    const other = push.newSubscription();
    await founder.must(
      founder.send('PUT', '/api/push/subscription', { endpoint: other.endpoint, keys: other.keys }),
    );
    await cy.phone.report(id);
    await push.waitFor((received) => received.some(({ subscriptionId }) => subscriptionId === other.id));
    expect(maps.map((map) => map.incidents().length)).toEqual(seen);
    expect(push.received.some(({ subscriptionId }) => subscriptionId === subscription.id)).toBe(false);
  });

  it('[JO3] ends a revoked device’s sockets and push within 2 s on every process', async () => {
    const { id, founder, neighbours } = await street(() => phoneAt(url(0)), ['Bo']);
    const { code } = await founder.must(founder.post<LinkCreated>('/api/device-links'));
    const second = phoneAt(url(1));
    await second.must(second.post(`/api/device-links/${code}/use`));
    const subscription = push.newSubscription();
    await second.must(
      second.send('PUT', '/api/push/subscription', {
        endpoint: subscription.endpoint,
        keys: subscription.keys,
      }),
    );
    const maps = [0, 1].map((i) => openMap(url(i), second, id));
    open.push(...maps);
    await eventually(() => maps.every(({ state }) => state === 'live'));
    const { body } = await founder.get<{ devices: ListedDevice[] }>('/api/devices');
    const revoked = body.devices.find(({ current }) => !current);
    let drops = 0;
    for (const map of maps) map.socket.on('disconnect', () => (drops += 1));
    await founder.must(founder.send('DELETE', `/api/devices/${revoked?.id}`));
    await promptly(() => drops >= 2, { ...inTwoSeconds, what: 'the end of a revoked device’s sockets' });
    expect((await second.get('/api/me')).status).toBe(401);
    const own = push.newSubscription();
    await founder.must(
      founder.send('PUT', '/api/push/subscription', { endpoint: own.endpoint, keys: own.keys }),
    );
    await neighbours[0]?.phone.report(id);
    await push.waitFor((received) => received.some(({ subscriptionId }) => subscriptionId === own.id));
    expect(push.received.some(({ subscriptionId }) => subscriptionId === subscription.id)).toBe(false);
  });
});
