import { readdir, readFile } from 'node:fs/promises';
import { join as path } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newId } from '../../../server/ids.ts';
import { raise } from '../../../server/incidents/sos/sos.ts';
import { newSos } from '../../../server/incidents/sos/store.ts';
import { changedIncident } from '../../../server/incidents/store.ts';
import type { Incident } from '../../../shared/incidents.ts';
import { type Sharing, sharingMs, type SosPosition } from '../../../shared/sos.ts';
import { eventually } from '../../support/eventually.ts';
import type { LiveServer } from './live-server.ts';
import { type TestPhone, useStage } from './stage.ts';

const stage = useStage();
const clock = { now: Date.now() };
const now = () => clock.now;
// Digits that nothing else holds.
const here = { lat: 45.7613924871, lng: 4.8352718364 };
const there = { lat: 45.7613924999, lng: 4.8352718999 };

/** A neighbour with an open map that is in the room. */
async function neighbour(live: LiveServer) {
  const who = await stage.place.enrol();
  const phone = await stage.phone(live, who.cookie);
  const positions: SosPosition[] = [];
  phone.socket.on('sos:position', (position) => void positions.push(position));
  const enter = async () => {
    const head = await stage.place.log.head(stage.place.id);
    return await phone.join(head?.seq ?? 0);
  };
  expect(await enter()).toMatchObject({ ok: true });
  return { ...who, ...phone, positions, enter };
}

async function startSos(memberId: string, sharing: Sharing = 'all'): Promise<Incident> {
  const { id, log } = stage.place;
  const who = { id: newId(), memberId, sharing, standIn: { lat: 1, lng: 2 }, at: clock.now, note: '' };
  const { incident, record, event } = raise({ ...who, startedBy: 'member', silent: false, unseen: null });
  const last = null;
  const { writes } = newSos(id, incident, record, last);
  await log.commit({ neighbourhoodId: id, event, at: clock.now, guards: [], writes, body: {} });
  return incident;
}

async function endSos(incident: Incident): Promise<void> {
  const { id, log } = stage.place;
  const closed: Incident = { ...incident, version: 2, status: 'closed' };
  const event = { type: 'incident.closed' as const, by: null, incident: closed };
  const writes = changedIncident(id, closed);
  await log.commit({ neighbourhoodId: id, event, at: clock.now, guards: [], writes, body: {} });
}

const tell = ({ socket }: TestPhone, incidentId: string, over: object = {}) =>
  void socket.emit('sos:position', {
    neighbourhoodId: stage.place.id,
    incidentId,
    position: here,
    at: clock.now,
    ...over,
  });

describe('live positions', () => {
  it('[SO8] reach those whom the member chose, on every process, and nobody else', async () => {
    const [one, two] = [await stage.serve({ now }), await stage.serve({ now })];
    const bo = await neighbour(one);
    const [near, far, other] = [await neighbour(one), await neighbour(two), await neighbour(two)];
    const { id: incidentId } = await startSos(bo.memberId, [near.memberId, far.memberId]);
    tell(bo, incidentId, { accuracy: 12, heading: 90 });
    const told = {
      neighbourhoodId: stage.place.id,
      incidentId,
      memberId: bo.memberId,
      position: here,
      accuracy: 12,
      heading: 90,
      at: clock.now,
    };
    await eventually(() => near.positions.length + far.positions.length === 2);
    expect([near.positions, far.positions]).toEqual([[told], [told]]);
    // Whoever comes later gets the newest, if they may.
    expect(await far.enter()).toMatchObject({ positions: [told] });
    expect(await other.enter()).toMatchObject({ positions: [] });
    expect(await bo.enter()).toMatchObject({ positions: [] });
    expect([bo.positions, other.positions]).toEqual([[], []]);
  });

  it('[SO8] are taken of one’s own running SOS only, once a second, and where somebody can be', async () => {
    const live = await stage.serve({ now });
    const [bo, cy] = [await neighbour(live), await neighbour(live)];
    const stranger = await stage.phone(live, (await stage.place.enrol()).cookie);
    const { id } = await startSos(bo.memberId);
    const none = await stage.place.report();
    expect(none).toBeGreaterThan(0);
    for (const [phone, incidentId, over] of [
      // another's, from outside the room, of no SOS, malformed, by a clock that is wrong
      [cy, id, {}],
      [stranger, id, {}],
      [bo, newId(), {}],
      [bo, id, { position: { lat: 91, lng: 0 } }],
      [bo, id, { accuracy: -1 }],
      [bo, id, { more: true }],
      [bo, id, { at: clock.now - 3_600_000 }],
    ] as const) {
      tell(phone, incidentId, over);
    }
    clock.now += 2000;
    tell(bo, id);
    await eventually(() => cy.positions.length === 1);
    // Within the same second, and a kilometre further within the next.
    tell(bo, id, { position: there });
    await bo.enter();
    clock.now += 1000;
    tell(bo, id, { position: { lat: here.lat + 0.01, lng: here.lng } });
    await bo.enter();
    clock.now += 1000;
    tell(bo, id, { position: there });
    await eventually(() => cy.positions.length === 2);
    expect(cy.positions.map(({ position }) => position)).toEqual([here, there]);
  });

  it('[SO9] stop when the SOS ends, after four hours, and with the membership', async () => {
    const live = await stage.serve({ now });
    const [bo, cy] = [await neighbour(live), await neighbour(live)];
    const first = await startSos(bo.memberId);
    tell(bo, first.id);
    await eventually(() => cy.positions.length === 1);
    await endSos(first);
    await eventually(() => cy.entries.at(-1)?.type === 'incident.closed');
    clock.now += 1000;
    tell(bo, first.id);
    expect(await cy.enter()).toMatchObject({ positions: [] });

    const second = await startSos(bo.memberId);
    tell(bo, second.id);
    await eventually(() => cy.positions.length === 2);
    clock.now += sharingMs + 1;
    expect(await cy.enter()).toMatchObject({ positions: [] });
    tell(bo, second.id);
    await bo.enter();

    const third = await startSos(bo.memberId);
    tell(bo, third.id);
    await eventually(() => cy.positions.length === 3);
    await stage.place.remove(bo.memberId);
    await bo.closed;
    await eventually(() => cy.entries.at(-1)?.type === 'member.removed');
    expect(await cy.enter()).toMatchObject({ positions: [] });
    expect(cy.positions.map(({ incidentId }) => incidentId)).toEqual([first.id, second.id, third.id]);
  });

  it('[SO9] are in no file after a crash', async () => {
    const live = await stage.serve({ now });
    const [bo, cy] = [await neighbour(live), await neighbour(live)];
    const { id } = await startSos(bo.memberId);
    tell(bo, id);
    await eventually(() => cy.positions.length === 1);
    const head = await stage.place.log.head(stage.place.id);
    await stage.server.kill();
    const names = await readdir(stage.server.dir, { recursive: true, withFileTypes: true });
    const files = names.filter((name) => name.isFile());
    const texts = await Promise.all(
      files.map((file) => readFile(path(file.parentPath, file.name), 'latin1')),
    );
    const all = texts.join('\n');
    await stage.server.restart();
    // The SOS is there, where it was is not.
    expect(all).toContain(id);
    for (const digits of ['7613924871', '8352718364']) expect(all).not.toContain(digits);
    await eventually(async () => (await stage.place.log.head(stage.place.id))?.seq === head?.seq);
  });
});
