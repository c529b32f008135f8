import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogPage } from '../../../../shared/events.ts';
import type { IncidentHistory } from '../../../../shared/history.ts';
import type { IncidentDetail, Reported } from '../../../../shared/incidents.ts';
import type { Snapshot } from '../../../../shared/protocol.ts';
import { sosNameTimer } from '../../../../server/incidents/sos/erasing.ts';
import { neighbourhoodKeys } from '../../../../server/redis/keys.ts';
import { runDue } from '../../../../server/timers/timers.ts';
import { phoneOf, startApp, type TestApp } from '../../../support/app.ts';
import { filesWith } from '../../../support/disk.ts';
import { street } from '../../../support/phone.ts';
import { compacted } from '../../../support/retention.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const codes = { cancel: '2468', duress: '1357' };
let scenes = 0;

/** Bo needs help and somebody stands beside them; Vi, a volunteer, helps. */
async function scene() {
  scenes += 1;
  const name = `canary-name-${scenes}-`;
  const note = `canary-note-${scenes}-`;
  const at = await street(() => phoneOf(test), [name, 'Vi']);
  const [bo, vi] = at.neighbours;
  if (bo === undefined || vi === undefined) throw new Error('nobody lives here');
  const path = `/api/neighbourhoods/${at.id}`;
  const role = `${path}/members/${vi.member.id}/role`;
  await at.founder.must(at.founder.send('PUT', role, { role: 'volunteer' }));
  await bo.phone.must(bo.phone.send('PUT', `${path}/sos/codes`, codes));
  const raise = async () => (await bo.phone.must(bo.phone.post<Reported>(`${path}/sos`))).incident;
  const end = async (id: string, code: string) =>
    await bo.phone.must(bo.phone.post(`${path}/sos/${id}/end`, { code }));
  const sosOf = async () => {
    const { incidents } = await vi.phone.must(vi.phone.get<Snapshot>(`${path}/snapshot`));
    return incidents.filter(({ sos, status }) => sos !== null && status === 'open');
  };
  const erase = () => bo.phone.send('DELETE', '/api/me?confirm=erase');
  return { ...at, name, note, bo, vi, path, raise, end, sosOf, erase };
}

type Scene = Awaited<ReturnType<typeof scene>>;

/** On a walk with a note, whose end under duress began an SOS that Bo does not see. */
async function walkUnseen({ bo, path, note }: Scene): Promise<void> {
  const raiseAt = test.clock.now + 600_000;
  await bo.phone.must(bo.phone.send('PUT', `${path}/walk`, { raiseAt, note }));
  await bo.phone.must(bo.phone.send('PUT', `${path}/walk/home`, { code: codes.duress }));
}

describe('an SOS whose member is erased', () => {
  it('[SO14] asks no more of whoever had to end it than of whoever ended it', async () => {
    const open = await scene();
    await open.raise();
    expect((await open.erase()).status).toBe(409);
    const answers = [];
    for (const code of [codes.cancel, codes.duress]) {
      const at = await scene();
      await at.end((await at.raise()).id, code);
      const { status, body, headers } = await at.erase();
      answers.push([status, body, [...headers.keys()].toSorted()]);
      expect(await at.sosOf()).toHaveLength(code === codes.duress ? 1 : 0);
    }
    expect(answers[1]).toEqual(answers[0]);
    const unseen = await scene();
    await walkUnseen(unseen);
    expect((await unseen.erase()).status).toBe(204);
    expect(await unseen.sosOf()).toHaveLength(1);
  });

  it('[SO14] goes on by name alone until others end it, and then no name and no word is left', async () => {
    const at = await scene();
    const { id, name, note, vi, bo, path, sosOf, founder } = at;
    await walkUnseen(at);
    const [raised] = await sosOf();
    const about = `${path}/incidents/${raised?.id}`;
    await vi.phone.must(vi.phone.post(`${about}/responses`, { kind: 'on-scene' }));
    expect((await at.erase()).status).toBe(204);

    const helped = await vi.phone.must(vi.phone.get<IncidentDetail>(about));
    expect(helped).toMatchObject({
      incident: { status: 'open', reportedBy: null, description: note, sos: { formerly: { name } } },
      duress: true,
    });
    expect(helped.life.responses).toHaveLength(1);
    const read = async () => {
      const { incidents, incidentAuthors, sos, log, incidentHistory } = neighbourhoodKeys(id);
      return JSON.stringify([
        ...(await Promise.all(
          [incidents, incidentAuthors, sos].map((key) => test.redis.send(key, 'HGETALL', key)),
        )),
        await test.redis.send(log, 'XRANGE', log, '-', '+'),
        await test.redis.send(
          incidentHistory(raised?.id ?? ''),
          'LRANGE',
          incidentHistory(raised?.id ?? ''),
          '0',
          '-1',
        ),
      ]);
    };
    expect(await read()).not.toContain(bo.member.id);
    // What says that it is still so is answered with it, and tells it again.
    await vi.phone.must(vi.phone.post(`${about}/freshness`));

    await vi.phone.must(vi.phone.post(`${about}/resolution`, { kind: 'resolved', reason: 'Found.' }));
    const { entries } = await vi.phone.must(vi.phone.get<LogPage>(`${path}/log?limit=500`));
    expect(entries.at(-1)).toMatchObject({ type: 'incident.closed', by: vi.member.id });
    const { partition } = neighbourhoodKeys(id);
    await runDue(test.deps, partition, { 'sos-name': sosNameTimer(test.deps) });
    await runDue(test.deps, partition, { 'sos-name': sosNameTimer(test.deps) });
    const over = await vi.phone.must(vi.phone.get<IncidentDetail>(about));
    expect(over.incident).toMatchObject({ status: 'closed', outcome: { reason: 'Found.' }, description: '' });
    const { changes } = await vi.phone.must(vi.phone.get<IncidentHistory>(`${about}/history`));
    expect(changes.map(({ type }) => type)).toContain('incident.closed');
    // Whom it reached is told of its end: that entry stands.
    const log = await founder.must(founder.get<LogPage>(`${path}/log?limit=500`));
    expect(log.entries.filter(({ type }) => type === 'incident.closed')).toHaveLength(1);
    await compacted(test);
    expect(await filesWith(test.server.dir, [name, note])).toEqual([]);
    expect(await read()).not.toContain(name);
  });
});
