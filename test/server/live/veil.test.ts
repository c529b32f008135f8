import { describe, expect, it } from 'vitest';
import { newId } from '../../../server/ids.ts';
import { endOwn, raise, type SosRecord } from '../../../server/incidents/sos/sos.ts';
import { changedSos, newSos } from '../../../server/incidents/sos/store.ts';
import { changedIncident } from '../../../server/incidents/store.ts';
import type { LogEntry, LogEvent } from '../../../shared/events.ts';
import type { Incident } from '../../../shared/incidents.ts';
import { eventually } from '../../support/eventually.ts';
import type { LiveServer } from './live-server.ts';
import { seqsOf, useStage } from './stage.ts';

const stage = useStage();
const clock = { now: 1_700_000_000_000 };

/** A neighbour with an open map, in the room from `seq` on. */
async function map(live: LiveServer, cookie: string, seq: number) {
  const phone = await stage.phone(live, cookie);
  const answer = await phone.join(seq);
  expect(answer).toMatchObject({ ok: true });
  return { ...phone, answer };
}

async function commit(event: LogEvent, writes: Parameters<typeof stage.place.log.commit>[0]['writes'] = []) {
  const { id, log } = stage.place;
  clock.now += 1000;
  const committed = await log.commit({
    neighbourhoodId: id,
    event,
    at: clock.now,
    guards: [],
    writes,
    body: {},
  });
  return committed?.seq ?? 0;
}

/** Raises an SOS in one step. @param unseen as a walk that ends under duress does */
async function startSos(
  memberId: string,
  unseen: { name: string } | null = null,
): Promise<{ incident: Incident; record: SosRecord }> {
  const { id } = stage.place;
  const who = { id: newId(), memberId, sharing: 'all' as const, standIn: { lat: 1, lng: 2 }, note: '' };
  const raised = raise({ ...who, at: clock.now + 1000, startedBy: 'member', silent: false, unseen });
  await commit(raised.event, newSos(id, raised.incident, raised.record, null).writes);
  return raised;
}

async function endUnderDuress({
  incident,
  record,
}: {
  incident: Incident;
  record: SosRecord;
}): Promise<void> {
  const at = clock.now + 1000;
  const ended = endOwn({
    incident,
    record,
    member: { id: record.memberId, name: 'Bo' },
    check: 'duress',
    at,
  });
  if (!ended.ok || ended.record === null) throw new Error('not under duress');
  await commit(ended.event, [
    ...changedIncident(stage.place.id, ended.incident),
    changedSos(stage.place.id, ended.record).write,
  ]);
}

const answered = (incidentId: string, memberId: string): LogEvent => ({
  type: 'response.given',
  by: memberId,
  response: { incidentId, memberId, version: 1, kind: 'on-scene', etaAt: null, at: clock.now + 1000 },
  handling: null,
});

const types = (entries: readonly LogEntry[]) => entries.map(({ type }) => type);

describe('an SOS that its member had to end', () => {
  it('[SO13] looks ended on all their devices, live and on catching up, and goes on for the others', async () => {
    const [one, two] = [await stage.serve(), await stage.serve()];
    const [bo, ada] = [await stage.place.enrol(), await stage.place.enrol()];
    const first = (await stage.place.log.head(stage.place.id))?.seq ?? 0;
    const own = await map(one, bo.cookie, first);
    const others = await map(one, ada.cookie, first);
    const sos = await startSos(bo.memberId);
    await endUnderDuress(sos);
    await commit(answered(sos.incident.id, ada.memberId));
    const last = await stage.place.report();
    await eventually(() => own.seqs().at(-1) === last && others.seqs().at(-1) === last);
    const closed = ['incident.reported', 'incident.closed', 'entry.erased', 'incident.reported'];
    const open = ['incident.reported', 'incident.changed', 'response.given', 'incident.reported'];
    expect([types(own.entries), types(others.entries)]).toEqual([closed, open]);
    expect(own.seqs()).toEqual(others.seqs());
    expect(own.entries[1]).toMatchObject({
      by: bo.memberId,
      incident: { status: 'closed', outcome: { kind: 'resolved', by: bo.memberId } },
    });
    expect(JSON.stringify(own.entries)).not.toContain(ada.memberId);

    // Another of their devices, on a process that has heard of nothing yet.
    const second = await map(two, bo.cookie, first);
    const beside = await map(two, ada.cookie, first);
    expect(seqsOf(second.answer)).toEqual(own.seqs());
    const told = 'entries' in second.answer ? second.answer.entries : [];
    expect(types(told)).toEqual(closed);
    expect(types('entries' in beside.answer ? beside.answer.entries : [])).toEqual(open);
    const end = await commit(answered(sos.incident.id, ada.memberId));
    await eventually(() => [own, second, beside].every((phone) => phone.seqs().at(-1) === end));
    expect(second.entries.at(-1)).toMatchObject({ type: 'entry.erased', by: null });
    expect(beside.entries.at(-1)).toMatchObject({ type: 'response.given' });
  });

  it('[SO13] that began under duress was never there for its member', async () => {
    const live = await stage.serve();
    const [bo, ada] = [await stage.place.enrol(), await stage.place.enrol()];
    const first = (await stage.place.log.head(stage.place.id))?.seq ?? 0;
    const own = await map(live, bo.cookie, first);
    const { incident } = await startSos(bo.memberId, { name: 'Bo' });
    const last = await commit(answered(incident.id, ada.memberId));
    await eventually(() => own.seqs().at(-1) === last);
    expect(types(own.entries)).toEqual(['entry.erased', 'entry.erased']);
    expect(JSON.stringify(own.entries)).not.toContain(incident.id);
  });

  it('[SO13] [LI16] a veiled member who is removed hears of that, in order, and of nothing after it', async () => {
    const live = await stage.serve();
    const bo = await stage.place.enrol();
    const first = (await stage.place.log.head(stage.place.id))?.seq ?? 0;
    const own = await map(live, bo.cookie, first);
    await startSos(bo.memberId);
    await stage.place.remove(bo.memberId);
    await stage.place.report();
    await own.closed;
    expect(types(own.entries)).toEqual(['incident.reported', 'member.removed']);
  });
});
