import { describe, expect, it } from 'vitest';
import { createReceipts } from '../../client/receipts.ts';
import type { LogEntry } from '../../shared/events.ts';
import { incidentOf } from '../support/incident.ts';

const id = 'i'.repeat(16);
const n = 'n'.repeat(16);
const now = 1_700_000_000_000;

function page(random = 0.5) {
  const sent: string[] = [];
  const waits: { ms: number; run: () => void }[] = [];
  const answers: (Error | null)[] = [];
  const receipts = createReceipts({
    send: async (_, incidentId, { kind, of }) => {
      sent.push(`${kind} ${of} ${incidentId}`);
      const failure = answers.shift();
      if (failure) throw failure;
    },
    later: (ms, run) => void waits.push({ ms, run }),
    others: () => 400,
    random: () => random,
    now: () => now,
  });
  return { sent, waits, answers, receipts, passes: () => waits.splice(0).forEach(({ run }) => run()) };
}

const entry = (type: 'incident.reported' | 'incident.changed' | 'incident.closed'): LogEntry => ({
  seq: 1,
  at: now,
  type,
  by: null,
  incident: incidentOf({ id }),
});

describe('receipts of a page', () => {
  it('[OC12] says that an alert and its correction came live, once, not all pages in one moment', () => {
    const { receipts, sent, waits, passes } = page();
    receipts.heard({ neighbourhoodId: n, entries: [entry('incident.reported'), entry('incident.changed')] });
    expect(sent).toEqual([]);
    expect(waits.map(({ ms }) => ms)).toEqual([200]);
    passes();
    receipts.heard({ neighbourhoodId: n, entries: [entry('incident.reported'), entry('incident.closed')] });
    passes();
    expect(sent).toEqual([`got alert ${id}`, `got correction ${id}`]);
  });

  it('[OC12] says what was on the screen as it was then, once, and nothing of imports and of old ones', () => {
    const { receipts, sent } = page();
    const open = incidentOf({ id, reportedAt: now });
    receipts.showed(n, open);
    receipts.showed(n, open);
    receipts.showed(n, { ...open, status: 'closed' });
    receipts.showed(n, { ...open, id: 'x'.repeat(16), source: { name: 'police', ref: '1' } });
    receipts.showed(n, { ...open, id: 'y'.repeat(16), reportedAt: now - 31 * 24 * 3600 * 1000 });
    expect(sent).toEqual([`saw alert ${id}`, `saw correction ${id}`]);
  });

  it('[OC12] says again what could not be said', async () => {
    const { receipts, sent, answers } = page();
    const open = incidentOf({ id, reportedAt: now });
    answers.push(new Error('no network'), null);
    receipts.showed(n, open);
    await expect
      .poll(() => {
        receipts.showed(n, open);
        return sent.length;
      })
      .toBe(2);
    receipts.showed(n, open);
    expect(sent).toHaveLength(2);
  });
});
