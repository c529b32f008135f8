import { describe, expect, it } from 'vitest';
import { answeredOf, notificationOf } from '../../client/sw/notification.ts';
import { offerIn, type Offer, type Sent } from '../../client/sw/offers.ts';
import { createWaiting, type Letter } from '../../client/sw/waiting.ts';
import { noticeOf } from '../../shared/notices.ts';
import { notificationWords } from '../../shared/notification-words.ts';

const n = 'n'.repeat(16);
const incidentId = 'i'.repeat(16);
const message = {
  ...{ kind: 'alert', neighbourhoodId: n, neighbourhoodName: 'Rue des Lilas', incidentId },
  ...{ category: 'fire', severity: 'severe', locale: 'en' },
};
const bare = { ...message, kind: 'bare', of: 'alert', category: undefined, severity: undefined };
const actionsOf = (over: object) =>
  (notificationOf({ ...message, ...over }, 'en').options.actions ?? []).map(({ action }) => action);

describe('what a notification of an alert offers', () => {
  it.each([
    [{}, ['seen', 'going', 'false-alarm']],
    [{ kind: 'reopening' }, ['seen', 'going', 'false-alarm']],
    [{ kind: 'handling', step: 'on-duty' }, ['seen', 'going', 'false-alarm']],
    [{ sos: true }, ['seen', 'going']],
    [{ kind: 'correction', outcome: 'resolved' }, []],
    [{ kind: 'observation' }, []],
    [{ kind: 'mention' }, []],
    [{ kind: 'review', step: 'drawn' }, []],
    [bare, ['seen']],
    [{ ...bare, of: 'correction' }, []],
    [{ ...bare, of: 'news' }, []],
  ])('[AK2] of %j is %j', (over, actions) => {
    expect(actionsOf(over)).toEqual(actions);
  });

  it('[AK2] each is the command of its button on the screen, under a key of its own', () => {
    const { data } = notificationOf(message, 'en').options;
    const offers = ['seen', 'going', 'false-alarm'].map((action) => offerIn(data, action));
    expect(offers.map((offer) => offer?.path.replace(/^.*\/incidents\//u, ''))).toEqual([
      ...['seen', 'responses', 'confirmations'].map((path) => `${incidentId}/${path}`),
    ]);
    expect(new Set(offers.map((offer) => offer?.key)).size).toBe(3);
    // The same message told again is answered anew.
    expect(offerIn(notificationOf(message, 'en').options.data, 'seen')?.key).not.toBe(offers[0]?.key);
  });

  it('[LK1] says the first line where the device chose so, and nothing where it chose nothing', () => {
    const full = notificationOf({ ...message, text: 'Smoke from the bins' }, 'fr');
    expect([full.title, full.options.body]).toEqual(['Fire or smoke', 'Smoke from the bins\nRue des Lilas']);
    for (const locale of ['en', 'fr'] as const) {
      const words = notificationWords[locale];
      for (const of of ['alert', 'correction', 'news'] as const) {
        const { title, options } = notificationOf({ ...bare, of, locale }, 'en');
        expect([title, options.body]).toEqual([words[`notification.bare-${of}`], 'Rue des Lilas']);
        expect(options.tag).toBe(incidentId);
      }
    }
    const { options } = notificationOf({ ...bare, stays: true }, 'en');
    expect(options).toMatchObject({ requireInteraction: true, renotify: false, silent: false });
    expect(options.data.about).toEqual({ neighbourhoodId: n, incidentId, of: 'alert' });
    expect(notificationOf({ ...bare, rings: true }, 'en').options.renotify).toBe(true);
    expect(notificationOf({ ...bare, of: 'news', quiet: true }, 'en').options.silent).toBe(true);
  });

  it.each([
    ['walker-overdue', 'alert'],
    ['walker-safe', 'correction'],
    ['relay-asked', 'asked'],
    ['buddy-asked', 'asked'],
  ] as const)('[LK1] in place of %s it says no more than %s, where its words would stand', (notice, of) => {
    const id = 's'.repeat(16);
    const { at: page, group } = noticeOf(notice);
    const about = { neighbourhoodId: n, neighbourhoodName: 'Rue des Lilas', id };
    const spoken = notificationOf(
      { ...about, kind: 'notice', notice, actions: [], locale: 'fr' },
      'en',
    ).options;
    for (const locale of ['en', 'fr'] as const) {
      const said = { ...about, kind: 'bare-notice', of, page, group, locale };
      const { title, options } = notificationOf(said, 'en');
      expect([title, options.body]).toEqual([
        notificationWords[locale][`notification.bare-${of}`],
        'Rue des Lilas',
      ]);
      expect(options).toMatchObject({ tag: spoken.tag, renotify: true, silent: false });
      expect(options.data).toEqual({ open: spoken.data.open, about: null, offers: [] });
      expect(notificationOf({ ...said, stays: true }, 'en').options.requireInteraction).toBe(true);
    }
  });

  it('[LK1] a digest says of how much only where something may be said', () => {
    const digest = { kind: 'digest', neighbourhoodId: n, neighbourhoodName: 'Rue des Lilas', locale: 'en' };
    expect(notificationOf({ ...digest, count: 3 }, 'en').title).toBe('3 things while it was quiet');
    const { title, options } = notificationOf(digest, 'en');
    expect([title, options.silent, options.data.open]).toEqual([
      ...['News in your neighbourhood', true, `/n/${n}/digest`],
    ]);
  });
});

function device(answers: Sent[]) {
  const stored = new Map<string, unknown>();
  const clock = { now: 1_000_000 };
  const asked: string[] = [];
  const waiting = createWaiting({
    storage: {
      all: async () => new Map(stored),
      set: async (key, value) => void stored.set(key, value),
      remove: async (key) => void stored.delete(key),
      clear: async () => stored.clear(),
    },
    send: async ({ key }: Offer) => {
      asked.push(key);
      return answers.shift() ?? 'done';
    },
    now: () => clock.now,
  });
  const give = (action: string): Letter => {
    const { data, tag = '', body = '', lang = '' } = notificationOf(message, 'en').options;
    const offer = offerIn(data, action);
    if (offer === null) throw new Error(action);
    clock.now += 1;
    return { offer, until: clock.now + offer.lifeMs, tag, body, lang, open: data.open };
  };
  const fates = async () => [...(await waiting.flush())].map(([{ offer }, fate]) => [offer.action, fate]);
  return { stored, clock, asked, waiting, give, fates };
}

describe('answers without a network', () => {
  it('[AK3] wait in their order, and leave once', async () => {
    const { waiting, give, fates, stored, asked } = device(['away', 'away']);
    const [seen, going] = [give('seen'), give('going')];
    await waiting.keep(going);
    await waiting.keep(seen);
    expect(await fates()).toEqual([
      ['seen', 'waits'],
      ['going', 'waits'],
    ]);
    expect(await fates()).toEqual([
      ['seen', 'waits'],
      ['going', 'waits'],
    ]);
    expect(await fates()).toEqual([
      ['seen', 'done'],
      ['going', 'done'],
    ]);
    expect(await fates()).toEqual([]);
    expect(stored.size).toBe(0);
    expect(asked).toEqual([seen, seen, seen, going].map(({ offer }) => offer.key));
  });

  it('[AK3] two passes at once send nothing beside each other', async () => {
    const { waiting, give, asked } = device([]);
    await waiting.keep(give('going'));
    await Promise.all([waiting.flush(), waiting.flush(), waiting.flush()]);
    expect(asked).toHaveLength(1);
  });

  it('[AK3] what the server refuses is over, and holds back nothing', async () => {
    const { waiting, give, fates } = device(['refused']);
    await waiting.keep(give('going'));
    await waiting.keep(give('seen'));
    expect(await fates()).toEqual([
      ['going', 'refused'],
      ['seen', 'done'],
    ]);
  });

  it('[AK3] what waited for too long is not sent', async () => {
    const { waiting, give, fates, clock, asked } = device([]);
    const letter = give('going');
    await waiting.keep(letter);
    clock.now = letter.until + 1;
    expect(await fates()).toEqual([['going', 'late']]);
    expect(asked).toEqual([]);
  });

  it('[AK4] of somebody who is signed in no more are never sent', async () => {
    const { waiting, give, fates, stored, asked } = device(['stranger']);
    await waiting.keep(give('going'));
    await waiting.keep(give('seen'));
    await fates();
    expect(stored.size).toBe(0);
    expect(asked).toHaveLength(1);
    expect(await fates()).toEqual([]);
  });

  it('[AK3] what became of it takes the place of what was answered, in silence', () => {
    const letter = { ...device([]).give('going'), lang: 'fr' };
    const said = answeredOf(letter, 'waits');
    expect(said.title).toBe('… I am going');
    expect(said.options).toMatchObject({
      tag: incidentId,
      silent: true,
      body: expect.stringMatching(/réseau/u),
    });
    expect(answeredOf(letter, 'done')).toMatchObject({
      title: '✓ I am going',
      options: { body: 'Rue des Lilas' },
    });
    expect(answeredOf(letter, 'late').options.data).toEqual({ open: letter.open, about: null, offers: [] });
  });
});
