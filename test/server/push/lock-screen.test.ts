import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { maxPayloadBytes } from '../../../server/push/encrypt.ts';
import { payloadOf } from '../../../server/push/lock-screen.ts';
import type { Saying } from '../../../server/push/incident-telling.ts';
import { HandlingStep, OutcomeKind } from '../../../shared/incident-life.ts';
import { Category } from '../../../shared/incidents.ts';
import { type LockScreen, LockScreen as Choice, PushMessage } from '../../../shared/push.ts';
import { incidentOf } from '../../support/incident.ts';

const sayings: Saying[] = [
  { kind: 'alert' },
  ...OutcomeKind.options.map((outcome) => ({ kind: 'correction' as const, outcome })),
  { kind: 'reopening' },
  ...HandlingStep.options.map((step) => ({ kind: 'handling' as const, step })),
  { kind: 'observation' },
  { kind: 'merging' },
  ...OutcomeKind.options.map((outcome) => ({ kind: 'ended' as const, outcome })),
  { kind: 'mention' },
  ...(['drawn', 'kept', 'removed'] as const).map((step) => ({ kind: 'review' as const, step })),
];
const where = { neighbourhood: { id: 'n'.repeat(16), name: 'Rue des Lilas' }, locale: 'fr' as const };
const words = { title: 'Somebody at number 12', description: 'The door is forced.' };
const sos = { startedBy: 'member' as const, silent: false, told: 'all' as const };

/** What may lie on a lock screen in full: what is in the street, and nobody's body or home. */
const inFull: readonly string[] = ['suspicious', 'theft', 'fire', 'road-hazard', 'damage', 'other'];
const cells = sayings.flatMap((said) =>
  Category.options.flatMap((category) =>
    Choice.options.flatMap((shows) => [false, true].map((isSos) => ({ said, category, shows, isSos }))),
  ),
);

function allowed(said: Saying, category: string, shows: LockScreen, isSos: boolean): string[] {
  const always = ['kind', 'neighbourhoodId', 'neighbourhoodName', 'incidentId', 'locale'];
  if (shows === 'nothing') {
    const quiet = ['observation', 'merging', 'ended'].includes(said.kind);
    const stays =
      said.kind !== 'correction' &&
      ['alert', 'reopening', 'handling', 'mention', 'review', 'observation', 'merging'].includes(said.kind);
    return [
      ...[...always, 'of'],
      ...(quiet ? ['quiet'] : said.kind === 'alert' ? [] : ['rings']),
      ...(stays ? ['stays'] : []),
    ];
  }
  const text =
    shows === 'full' &&
    !isSos &&
    inFull.includes(category) &&
    ['alert', 'reopening', 'handling'].includes(said.kind);
  return [
    ...always,
    ...['category', 'severity'],
    ...Object.keys(said).filter((field) => field !== 'kind'),
    ...(isSos ? ['sos'] : []),
    ...(text ? ['text'] : []),
  ];
}

describe('what a lock screen may say', () => {
  it('[LK1] [LK2] of each kind and setting the message has exactly the fields that it may have', () => {
    expect(cells.length).toBeGreaterThan(500);
    for (const { said, category, shows, isSos } of cells) {
      const incident = incidentOf({
        ...{ id: 'i'.repeat(16), category, severity: 'extreme', sos: isSos ? sos : null },
        ...words,
      });
      const message = payloadOf(said, incident, where, shows);
      const what = JSON.stringify({ said, category, shows, isSos });
      expect(Object.keys(message).toSorted(), what).toEqual(allowed(said, category, shows, isSos).toSorted());
      const json = JSON.stringify(message);
      expect(json.includes(words.title), what).toBe('text' in message);
      expect(json, what).not.toContain(words.description);
      if (shows === 'nothing') expect(json, what).not.toMatch(/extreme|false-alarm|volunteers|"sos"/u);
      // What travels is what the service worker reads, to the last field.
      expect(v.parse(PushMessage, JSON.parse(json)), what).toEqual(message);
    }
  });

  it.each([
    ['The gate is open', null, 'The gate is open'],
    ['Two lines\nand no more', null, 'Two lines'],
    ['What happened', 'Its title', 'Its title'],
  ])('[LK1] in full is the first line: of %j under %j it is %j', (description, title, text) => {
    const incident = incidentOf({ id: 'i'.repeat(16), category: 'theft', description, title });
    expect(payloadOf({ kind: 'alert' }, incident, where, 'full')).toMatchObject({ text });
  });

  it('[LK2] however long the words, the message fits, and no character is cut in two', () => {
    for (const char of ['a', 'é', '漢', '👩‍🚒', '"', '\\']) {
      const incident = incidentOf({
        ...{ id: 'i'.repeat(16), category: 'theft', title: null, description: char.repeat(800) },
      });
      const neighbourhood = { id: 'n'.repeat(16), name: '漢'.repeat(80) };
      const message = payloadOf({ kind: 'alert' }, incident, { neighbourhood, locale: 'fr' }, 'full');
      const json = JSON.stringify(message);
      expect(Buffer.byteLength(json)).toBeLessThanOrEqual(maxPayloadBytes);
      expect('text' in message && message.text?.endsWith('…')).toBe(true);
      expect(Buffer.from(json).toString()).toBe(json);
    }
  });
});
