import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { maxPayloadBytes } from '../../../server/push/encrypt.ts';
import { noticeAlertOf } from '../../../server/push/alert.ts';
import { noticePayloadOf, payloadOf } from '../../../server/push/lock-screen.ts';
import { digestAlertOf, foldingAlertOf } from '../../../server/push/preferences/digest-telling.ts';
import type { Saying } from '../../../server/push/incident-telling.ts';
import { HandlingStep, OutcomeKind } from '../../../shared/incident-life.ts';
import { Category } from '../../../shared/incidents.ts';
import type { LogEvent } from '../../../shared/events.ts';
import { noticeKinds } from '../../../shared/notices.ts';
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

/** What comes without its words where nothing is to be said, as what, and whether until somebody puts it away. */
const bareNotices: Partial<Record<string, { of: string; stays?: true }>> = {
  'walker-overdue': { of: 'alert', stays: true },
  'walker-not-found': { of: 'alert', stays: true },
  'walker-safe': { of: 'correction' },
  'relay-asked': { of: 'asked' },
  'relay-untold': { of: 'asked' },
  'relay-over': { of: 'asked' },
  'buddy-asked': { of: 'asked' },
};
const key = 'b2a1c0de-0000-8000-8000-000000000000';
const home = { ...where.neighbourhood, locale: 'fr' as const, timeZone: 'Europe/Paris' };
const inWhere = ['kind', 'neighbourhoodId', 'neighbourhoodName', 'locale'];
const at = 1_700_000_000_000;

describe('what a lock screen may say of all else', () => {
  const noticeCells = noticeKinds.flatMap((notice) => Choice.options.map((shows) => ({ notice, shows })));

  it.each(noticeCells)('[LK1] [LK2] of $notice under $shows', ({ notice, shows }) => {
    const actions = [{ action: 'looking' as const, key }];
    const message = noticePayloadOf({ notice, id: 's'.repeat(16), actions }, where, shows);
    const bare = shows === 'nothing' ? bareNotices[notice] : undefined;
    const own = bare ? ['of', 'page', 'group', ...Object.keys(bare).slice(1)] : ['notice', 'actions'];
    expect(Object.keys(message).toSorted()).toEqual([...inWhere, 'id', ...own].toSorted());
    if (bare) {
      expect(message).toMatchObject(bare);
      expect(JSON.stringify(message)).not.toMatch(new RegExp(`${notice}|looking|${key}`, 'u'));
    }
    expect(v.parse(PushMessage, JSON.parse(JSON.stringify(message)))).toEqual(message);
  });

  const to = { memberId: 'r'.repeat(16), locale: null };
  const walker = { id: 's'.repeat(16), version: 1, patrolId: 'p'.repeat(16), memberId: 'm'.repeat(16) };
  const events: Record<string, LogEvent> = {
    search: {
      ...{ type: 'search.begun', by: null, checkIn: null, asked: [to.memberId] },
      search: {
        ...{ ...walker, step: 'partners', beganAt: at, lastAt: null, ownerId: null, dueAt: null, end: null },
      },
    },
    neighbour: { type: 'pairings.changed', by: null, pairingId: 'q'.repeat(16), buddyId: to.memberId },
    drill: {
      ...{ type: 'drill.started', by: null },
      drill: { id: 'd'.repeat(16), version: 1, by: null, startedAt: at, endsAt: at + 1, end: null },
    },
  };

  it.each([
    ['search', 'bare-notice'],
    ['neighbour', 'bare-notice'],
    ['drill', 'notice'],
  ])('[LK1] of a %s each device of the same alert gets what it chose: %s for nothing', (of, bare) => {
    const event = events[of];
    const alert = event === undefined ? null : noticeAlertOf({ seq: 1, at, ...event }, home);
    const kinds = [...Choice.options, undefined, 'nothing' as const].map((lockScreen) => {
      const { payload } = alert?.message({ ...to, lockScreen }, at) ?? {};
      return v.parse(PushMessage, JSON.parse(String(payload))).kind;
    });
    expect(kinds).toEqual([bare, 'notice', 'notice', 'notice', bare]);
  });

  it.each(Choice.options)('[LK1] [LK2] of a digest, and of what waits for it, under %s', (lockScreen) => {
    const digest = digestAlertOf({ seq: -1, at }, new Map([[to.memberId, 3]]), home);
    const fields = (alert: typeof digest) => {
      const message = v.parse(
        PushMessage,
        JSON.parse(String(alert.message({ ...to, lockScreen }, at).payload)),
      );
      return [message.kind, Object.keys(message).toSorted()];
    };
    const count = lockScreen === 'nothing' ? [] : ['count'];
    expect(fields(digest)).toEqual(['digest', [...inWhere, ...count].toSorted()]);
    expect(fields(foldingAlertOf(digest))).toEqual(['folding', inWhere.toSorted()]);
  });
});
