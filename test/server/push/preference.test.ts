import { describe, expect, it } from 'vitest';
import { type NoticeKind, noticeKinds } from '../../../shared/notices.ts';
import { usualPreferences } from '../../../shared/preferences.ts';
import type { Happening } from '../../../shared/wanted.ts';
import type { PushKind } from '../../../shared/push.ts';
import {
  bearingOf,
  budgetOf,
  fateOf,
  isWorthTelling,
  type Message,
} from '../../../server/push/preferences/preference.ts';

// 23:00 in Paris.
const at = Date.parse('2026-06-15T21:00:00Z');
const usual = usualPreferences('Europe/Paris');
const settings = {
  usual,
  night: { ...usual, quiet: { from: 22 * 60, to: 7 * 60 } },
  'night, whatever happens': { ...usual, quiet: { from: 22 * 60, to: 7 * 60 }, urgentThrough: false },
  snoozed: { ...usual, snoozedUntil: at + 3600_000 },
};
const incident = (over: Partial<Happening> = {}): Happening => ({
  ...{ category: 'theft', severity: 'moderate', position: { lat: 45, lng: 4 }, coarse: false, sos: false },
  ...over,
});
const severe = incident({ severity: 'severe' });
const sos = incident({ severity: 'extreme', sos: true });

type Row = [what: string, message: Message, about: Happening | null, fates: string];
const about = (kind: PushKind, audience: Message['audience'], asks = false): Message => ({
  ...{ kind, audience, asks, notice: null },
});
const notice = (kind: NoticeKind, audience: Message['audience']): Message => ({
  ...{ kind: 'notice', notice: kind, audience, asks: false },
});

// One line a kind of message; under each setting, then where the choice and the places do not want it.
const table: Row[] = [
  ['an alert, minor or moderate', about('alert', 'many'), incident(), 'tell fold fold fold leave'],
  ['an alert, severe', about('alert', 'many'), severe, 'tell tell fold tell leave'],
  ['an SOS to all', about('alert', 'many'), sos, 'tell tell fold tell leave'],
  ['an SOS to those chosen', about('alert', 'people'), sos, 'tell tell tell tell tell'],
  ['its correction', about('correction', 'told'), incident(), 'tell tell tell tell tell'],
  ['that it is open again', about('reopening', 'told'), incident(), 'tell tell tell tell tell'],
  ['that help is wanted', about('handling', 'many'), incident(), 'tell fold fold fold leave'],
  ['that help is wanted, severe', about('handling', 'many'), severe, 'tell tell fold tell leave'],
  ['that it was handed over', about('handling', 'people'), incident(), 'tell tell tell tell tell'],
  ['an observation', about('observation', 'people'), incident(), 'tell fold fold fold tell'],
  ['an observation, severe', about('observation', 'people'), severe, 'tell fold fold fold tell'],
  ['a merge', about('merging', 'people'), incident(), 'tell fold fold fold tell'],
  ['a mention', about('mention', 'people', true), incident(), 'tell tell tell tell tell'],
  [
    'a mention in an observation',
    about('observation', 'people', true),
    incident(),
    'tell tell tell tell tell',
  ],
  ['the end, to who has a part in it', about('ended', 'people'), incident(), 'tell wait wait wait tell'],
  ['a jury’s business', about('review', 'people'), incident(), 'tell wait wait wait tell'],
  ['a check-in', notice('check-in-due', 'people'), null, 'tell tell tell tell tell'],
  ['an overdue check-in', notice('check-in-overdue', 'people'), null, 'tell tell tell tell tell'],
  ['a search, to partners', notice('walker-overdue', 'people'), null, 'tell tell tell tell tell'],
  ['a search, to all', notice('walker-overdue', 'many'), null, 'tell tell wait tell tell'],
  ['a search without an answer', notice('walker-not-found', 'many'), null, 'tell tell wait tell tell'],
  [
    'a place that nobody takes over, to many',
    notice('cover-failed', 'many'),
    null,
    'tell wait wait wait tell',
  ],
  ['a neighbour without a phone, to all', notice('relay-untold', 'many'), null, 'tell tell wait tell tell'],
  ['a drill', notice('drill', 'many'), null, 'tell wait wait wait tell'],
  ['its end', notice('drill-over', 'told'), null, 'tell tell tell tell tell'],
  ['that one is due', notice('drill-due', 'people'), null, 'tell wait wait wait tell'],
  ['the end of a search', notice('walker-safe', 'told'), null, 'tell tell tell tell tell'],
  ...(
    [
      'shift-changed',
      'shift-cancelled',
      'shift-firmed',
      'shift-soon',
      'cover-asked',
      'cover-failed',
      'relay-asked',
      'relay-over',
    ] as const
  ).map((kind): Row => [kind, notice(kind, 'people'), null, 'tell tell tell tell tell']),
  ...(
    ['shift-short', 'shift-tomorrow', 'swap-asked', 'swap-accepted', 'swap-over', 'buddy-asked'] as const
  ).map((kind): Row => [kind, notice(kind, 'people'), null, 'tell wait wait wait tell']),
];

describe('what becomes of a message', () => {
  it.each(table)('[WI6] %s', (_, message, happening, fates) => {
    const bearing = bearingOf(message);
    const found = [
      ...Object.values(settings).map((chosen) => fateOf(bearing, happening, chosen, { isWanted: true, at })),
      fateOf(bearing, happening, usual, { isWanted: false, at }),
    ];
    expect(found.map(({ kind }) => kind).join(' ')).toBe(fates);
  });

  it('[WI6] each kind of notice is in the table', () => {
    const named = table.flatMap(([, message]) => message.notice ?? []);
    expect(new Set(named)).toEqual(new Set(noticeKinds));
  });

  it('[WI7] [WI9] waits until it is quiet no more, whichever lasts longer', () => {
    const until = (chosen: typeof usual) => {
      const fate = fateOf('plan', null, chosen, { isWanted: true, at });
      return fate.kind === 'wait' ? new Date(fate.until).toISOString() : fate.kind;
    };
    expect(until(settings.night)).toBe('2026-06-16T05:00:00.000Z');
    expect(until(settings.snoozed)).toBe('2026-06-15T22:00:00.000Z');
    expect(until({ ...settings.night, snoozedUntil: at + 3600_000 })).toBe('2026-06-16T05:00:00.000Z');
    expect(until({ ...settings.night, snoozedUntil: at + 24 * 3600_000 })).toBe('2026-06-16T21:00:00.000Z');
    expect(until({ ...usual, snoozedUntil: at })).toBe('tell');
  });

  it('[WI10] the budget counts what is told to many, and folds of it what is not severe', () => {
    expect(budgetOf('alert', incident())).toBe('folds');
    expect(budgetOf('followed', incident({ severity: 'minor' }))).toBe('folds');
    expect(budgetOf('alert', severe)).toBe('counts');
    expect(budgetOf('alert', sos)).toBe('counts');
    for (const bearing of ['taken-back', 'named', 'rescue', 'plan'] as const)
      expect(budgetOf(bearing, incident())).toBe('free');
  });

  it('[WI8] what turned out not to have been is not worth telling', () => {
    const ended = (kind: 'resolved' | 'false-alarm' | 'unfounded' | 'duplicate' | 'expired') =>
      isWorthTelling({ outcome: { kind, reason: '', by: null, at, duplicateOf: null } });
    expect(isWorthTelling({ outcome: null })).toBe(true);
    expect([ended('resolved'), ended('expired')]).toEqual([true, true]);
    expect([ended('false-alarm'), ended('unfounded'), ended('duplicate')]).toEqual([false, false, false]);
  });
});
