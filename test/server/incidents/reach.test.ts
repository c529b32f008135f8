import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Device } from '../../../shared/auth.ts';
import type { IncidentDetail } from '../../../shared/incidents.ts';
import { createReach } from '../../../server/eventlog/reach.ts';
import { newId } from '../../../server/ids.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { type Phone, street } from '../../support/phone.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

async function deviceOf(phone: Phone): Promise<string> {
  const { devices } = await phone.must(phone.get<{ devices: Device[] }>('/api/devices'));
  return devices[0]?.id ?? '';
}

async function scene() {
  const at = await street(() => phoneOf(test), ['Bo', 'Cy', 'Di']);
  const { incident } = await at.founder.report(at.id);
  const phones = at.neighbours.map(({ phone }) => phone);
  const deviceIds = await Promise.all(phones.map(deviceOf));
  const path = `/api/neighbourhoods/${at.id}/incidents/${incident.id}`;
  const tell = (of: 'alert' | 'correction', ids: Iterable<string>) =>
    test.deps.reach.add(at.id, incident.id, { of, how: 'told' }, ids);
  return {
    ...at,
    incident,
    phones,
    deviceIds,
    path,
    tell,
    seen: async (phone: Phone | undefined, kind: string, of: string) =>
      (await phone?.post(`${path}/seen`, { kind, of }))?.status,
    detail: () => at.founder.must(at.founder.get<IncidentDetail>(path)),
  };
}

const figures = (told: number, got: number, saw: number) => ({ told, got, saw });

describe('receipts', () => {
  it('[OC10] count each device once, what it saw as come too, alert and correction apart', async () => {
    const { phones, deviceIds, tell, seen, detail } = await scene();
    const [bo, cy] = phones;
    await tell('alert', deviceIds);
    expect([await seen(bo, 'got', 'alert'), await seen(bo, 'got', 'alert')]).toEqual([204, 204]);
    expect(await seen(cy, 'saw', 'alert')).toBe(204);
    expect(await seen(bo, 'saw', 'alert')).toBe(204);
    await eventually(async () => (await detail()).reach.alert.saw === 2);
    expect((await detail()).reach).toMatchObject({ alert: figures(3, 2, 2), correction: figures(0, 0, 0) });
    await tell('correction', deviceIds.slice(0, 2));
    expect(await seen(bo, 'saw', 'correction')).toBe(204);
    await eventually(async () => (await detail()).reach.correction.saw === 1);
    expect((await detail()).reach).toMatchObject({ alert: figures(3, 2, 2), correction: figures(2, 1, 1) });
  });

  it('[OC10] count only devices that were told, also where the receipt is faster than our own note', async () => {
    const { phones, deviceIds, tell, seen, detail } = await scene();
    for (const phone of phones) await seen(phone, 'saw', 'alert');
    await tell('alert', deviceIds.slice(0, 1));
    await eventually(async () => (await detail()).reach.alert.saw === 1);
    expect((await detail()).reach.alert).toEqual(figures(1, 1, 1));
    // Nobody was told of a correction whom no alert had reached.
    await tell('correction', deviceIds);
    await eventually(async () => (await detail()).reach.correction.told === 1);
  });

  it('[OC10] of maps and phones add up until they are told, and are written where a process ends', async () => {
    const { id, incident, deviceIds, detail } = await scene();
    const reach = createReach(test.redis, test.deps.logger);
    reach.changed(id, incident.id, { phones: 2 });
    reach.changed(id, incident.id, { phones: 3 });
    reach.changed(id, incident.id, { maps: 1 });
    const added = reach.add(id, incident.id, { of: 'alert', how: 'told' }, deviceIds, { maps: 2 });
    await reach.close();
    await added;
    expect((await detail()).reach).toMatchObject({ maps: 3, phones: 5, alert: figures(3, 0, 0) });
  });

  it('[OC10] are no entry of the log, touch no version, and are nothing without an incident', async () => {
    const { id, founder, phones, seen, detail, path } = await scene();
    const [bo] = phones;
    const before = await test.deps.eventLog.head(id);
    await Promise.all(phones.flatMap((phone) => [seen(phone, 'got', 'alert'), seen(phone, 'saw', 'alert')]));
    expect(await test.deps.eventLog.head(id)).toEqual(before);
    expect((await detail()).incident.version).toBe(1);
    const elsewhere = path.replace(/[^/]+$/u, newId());
    expect((await founder.post(`${elsewhere}/seen`, { kind: 'got', of: 'alert' })).status).toBe(404);
    for (const body of [{}, { kind: 'got' }, { kind: 'read', of: 'alert' }, { kind: 'got', of: 'news' }]) {
      expect((await bo?.post(`${path}/seen`, body))?.status).toBe(422);
    }
    const headers = { 'idempotency-key': 'none' };
    expect((await bo?.post(`${path}/seen`, { kind: 'got', of: 'alert' }, headers))?.status).toBe(422);
  });

  it('[OC10] of thousands are told at once, then at most once a second', async () => {
    const { id, incident, tell } = await scene();
    const told: string[] = [];
    const { channel } = neighbourhoodKeys(id);
    const stop = await test.redis.subscribe(channel, (message) => {
      if (message.startsWith(`reach ${incident.id} `)) told.push(message);
    });
    const devices = Array.from({ length: 3000 }, () => newId());
    await tell('alert', devices);
    const started = performance.now();
    for (let i = 0; i < devices.length; i += 20) {
      const some = devices.slice(i, i + 20);
      await Promise.all(
        some.map((deviceId) => test.deps.reach.add(id, incident.id, { of: 'alert', how: 'got' }, [deviceId])),
      );
    }
    await eventually(() => told.at(-1) === `reach ${incident.id} 0 0 3000 3000 0 0 0 0`);
    const seconds = (performance.now() - started) / 1000;
    // One more may have been on its way when the clock was started.
    expect(told.length).toBeLessThanOrEqual(seconds + 2);
    await stop();
  });
});
