import { describe, expect, it } from 'vitest';
import type { Saying } from '../../../server/push/incident-telling.ts';
import { digestPayloadOf, noticePayloadOf, payloadOf } from '../../../server/push/lock-screen.ts';
import { noteOf } from '../../../server/push/ways/note.ts';
import type { StoredWay } from '../../../server/push/ways/way.ts';
import { OutcomeKind } from '../../../shared/incident-life.ts';
import { Category, Severity } from '../../../shared/incidents.ts';
import { noticeKinds, noticeOf } from '../../../shared/notices.ts';
import { notificationWords } from '../../../shared/notification-words.ts';
import type { LockScreen } from '../../../shared/push.ts';
import type { Way } from '../../../shared/ways.ts';
import { wayWords } from '../../../server/push/ways/words.ts';
import type { Me } from '../../../shared/auth.ts';
import { encodeEntity, entityJson } from '../../../server/eventlog/eventlog.ts';
import { neighbourhoodKeys, personKeys } from '../../../server/redis/keys.ts';
import { incidentOf } from '../../support/incident.ts';
import type { Phone } from '../../support/phone.ts';
import { waysStage } from './ways-stage.ts';

const where = { neighbourhood: { id: 'n'.repeat(16), name: 'Rue des Lilas' }, locale: 'en' as const };
const way: StoredWay = {
  ...{ id: `way-${'w'.repeat(16)}`, kind: 'ntfy', address: 'https://ntfy.example/t', locale: 'en' },
  ...{ timeZone: 'Europe/Paris', lockScreen: 'nothing', addedAt: 0, state: 'verified', version: 2 },
  ...{ code: null, origin: 'https://vigie.test', stop: '', token: null, signing: null, fingerprint: '' },
};
const entry = { seq: 7, at: 1_700_000_000_000 };
const title = 'Number 12 has smoke';
const sayings: Saying[] = [
  { kind: 'alert' },
  { kind: 'reopening' },
  { kind: 'handling', step: 'volunteers' },
  { kind: 'observation' },
  { kind: 'merging' },
  { kind: 'mention' },
  { kind: 'review', step: 'drawn' },
  ...OutcomeKind.options.flatMap((outcome) => [
    { kind: 'correction' as const, outcome },
    { kind: 'ended' as const, outcome },
  ]),
];
const words = notificationWords.en;
/** Whatever would say of an alert what it is, how bad, or how it ended. */
const telling = [
  ...Category.options.flatMap((category) => [words[`category.${category}`], `"${category}"`]),
  ...Severity.options.flatMap((severity) => [wayWords.en[severity], `"${severity}"`]),
  ...OutcomeKind.options.flatMap((outcome) => [words[`outcome.${outcome}`], `"${outcome}"`]),
  ...['SOS', '"sos"', title],
];

describe('what another way says', () => {
  it('[LK4] of an alert is no more than it chose, whatever kind it is', () => {
    for (const said of sayings)
      for (const category of Category.options)
        for (const severity of Severity.options)
          for (const sos of [null, { startedBy: 'member', silent: false, told: 'all' } as const]) {
            const incident = incidentOf({ id: 'i'.repeat(16), category, severity, sos, title });
            const noteUnder = (shows: LockScreen) =>
              JSON.stringify(noteOf(payloadOf(said, incident, where, shows), way, entry));
            const nothing = noteUnder('nothing');
            expect(telling.filter((word) => nothing.includes(word))).toEqual([]);
            expect(nothing).toContain(`https://vigie.test/n/${'n'.repeat(16)}/incidents/${'i'.repeat(16)}`);
            expect(noteUnder('category')).not.toContain(title);
            const inStreet = ['suspicious', 'theft', 'fire', 'road-hazard', 'damage', 'other'];
            const inFull = sos === null && inStreet.includes(category);
            const tellsItself = ['alert', 'reopening', 'handling'].includes(said.kind);
            expect(noteUnder('full').includes(title)).toBe(inFull && tellsItself);
          }
  });

  it.each(noticeKinds)('[LK4] of %s is no more than it chose, in its address too', (notice) => {
    const about = { notice, id: 's'.repeat(16), actions: [] };
    const noteUnder = (shows: LockScreen) => noteOf(noticePayloadOf(about, where, shows), way, entry);
    const { at, bare } = noticeOf(notice);
    const spoken = `https://vigie.test/n/${'n'.repeat(16)}/${at}/${'s'.repeat(16)}`;
    for (const shows of ['category', 'full'] as const)
      expect(noteUnder(shows)).toMatchObject({
        ...{ title: words[`notice.${notice}`], url: spoken },
        data: { notice, aboutId: about.id },
      });
    // A webhook's body has an id of its own: the message's.
    for (const shows of ['nothing', 'full'] as const) expect(noteUnder(shows).data).not.toHaveProperty('id');
    if (bare === undefined) return expect(noteUnder('nothing')).toEqual(noteUnder('category'));
    expect(noteUnder('nothing').title).toBe(words[`notification.bare-${bare}`]);
    expect(JSON.stringify(noteUnder('nothing'))).not.toMatch(
      new RegExp(`${notice}|search|relay|buddy|patrol|phone`, 'u'),
    );
    return undefined;
  });

  it('[LK4] of a digest says of how much only where something may be said', () => {
    const noteUnder = (shows: LockScreen) => noteOf(digestPayloadOf(3, where, shows), way, entry);
    expect(noteUnder('full')).toEqual(noteUnder('category'));
    expect(noteUnder('category')).toMatchObject({ title: '3 things while it was quiet', data: { count: 3 } });
    expect(noteUnder('nothing').title).toBe('News in your neighbourhood');
    expect(noteUnder('nothing').data).not.toHaveProperty('count');
  });
});

const stage = waysStage();
const choose = (phone: Phone, wayId: string, lockScreen: string) =>
  phone.send<{ way: Way }>('PUT', `/api/ways/${wayId}`, { lockScreen });
const fire = { category: 'fire', severity: 'severe', title, description: 'In the hall.' } as const;

describe('the choice of a way', () => {
  it('[WY16] holds by e-mail, topic and webhook, from before the code came back', async () => {
    const { id, ada, bo } = await stage.pair();
    const chosen = [];
    for (const kind of ['email', 'ntfy', 'webhook'] as const) {
      const { way: added } = await ada.must(stage.add(ada, kind));
      expect(added.lockScreen).toBe('category');
      const { way: changed } = await ada.must(choose(ada, added.id, 'nothing'));
      expect(changed).toEqual({ ...added, lockScreen: 'nothing' });
      await ada.must(stage.verify(ada, added.id, stage.lastCode(kind)));
      chosen.push(added.id);
    }
    await stage.work();
    const { incident } = await bo.report(id, fire);
    await stage.mail.waitFor((mails) => mails.length === 2);
    await stage.receiver.waitFor((got) => got.length === 4);
    await stage.drained();
    const url = `https://vigie.test/n/${id}/incidents/${incident.id}`;
    const mail = stage.mail.mails[1];
    expect(mail?.headers.get('subject')).toMatch(/^New alert · Rue des Lilas · /u);
    expect(mail?.text).toContain(url);
    const bodies = stage.receiver.got.slice(2).map(({ body }) => body);
    expect(bodies.map((body) => JSON.parse(body).title)).toEqual(['New alert', 'New alert']);
    for (const said of [mail?.raw ?? '', ...bodies]) expect(said).not.toMatch(/[Ff]ire|severe|smoke|hall/u);

    for (const wayId of chosen) await ada.must(choose(ada, wayId, 'full'));
    await bo.report(id, fire);
    await stage.mail.waitFor((mails) => mails.length === 3);
    await stage.receiver.waitFor((got) => got.length === 6);
    expect(stage.mail.mails[2]?.text).toContain(`Fire or smoke\n${title}\nRue des Lilas · severe`);
    for (const { body } of stage.receiver.got.slice(4)) {
      const { title: what, text, message } = JSON.parse(body);
      expect([what, text ?? message]).toEqual(['Fire or smoke', expect.stringContaining(`${title}\nRue`)]);
    }
    await bo.report(id, { ...fire, category: 'medical' });
    await stage.mail.waitFor((mails) => mails.length === 4);
    await stage.receiver.waitFor((got) => got.length === 8);
    for (const said of [
      stage.mail.mails[3]?.raw ?? '',
      ...stage.receiver.got.slice(6).map(({ body }) => body),
    ])
      expect(said).not.toContain(title);
  });

  it('[WY16] is its owner’s alone, and one of those that there are', async () => {
    const { ada, bo } = await stage.pair();
    const { way: mine } = await stage.verified(ada, 'webhook');
    expect((await choose(bo, mine.id, 'full')).status).toBe(404);
    expect((await choose(ada, mine.id, 'everything')).status).toBe(422);
    expect((await stage.ways(ada))[0]?.lockScreen).toBe('category');
    for (let i = 0; i < 2; i += 1)
      expect((await ada.must(choose(ada, mine.id, 'full'))).way.lockScreen).toBe('full');
    await ada.must(ada.send('DELETE', `/api/ways/${mine.id}`));
    expect((await choose(ada, mine.id, 'nothing')).status).toBe(404);
  });

  it('[WY16] a way that was stored before there was a choice says the kind, and may choose', async () => {
    const { id, ada, bo } = await stage.pair();
    const { way: old } = await stage.verified(ada, 'webhook');
    const { redis } = stage.app;
    const { ways, subscriptions: own } = personKeys((await ada.must(ada.get<Me>('/api/me'))).person.id);
    const stored = String(await redis.send(ways, 'HGET', ways, old.id));
    await redis.send(ways, 'HSET', ways, old.id, encodeEntity(without(entityJson(stored))));
    for (const key of [own, neighbourhoodKeys(id).subscriptions]) {
      const copy = without(String(await redis.send(key, 'HGET', key, old.id)));
      await redis.send(key, 'HSET', key, old.id, JSON.stringify(copy));
    }
    expect((await stage.ways(ada))[0]?.lockScreen).toBe('category');
    await stage.work();
    await bo.report(id, fire);
    await stage.receiver.waitFor((got) => got.length === 2);
    expect(JSON.parse(stage.receiver.got[1]?.body ?? '').title).toBe('Fire or smoke');
    await ada.must(choose(ada, old.id, 'nothing'));
    await bo.report(id, fire);
    await stage.receiver.waitFor((got) => got.length === 3);
    expect(JSON.parse(stage.receiver.got[2]?.body ?? '').title).toBe('New alert');
  });
});

/** What was stored, as it was before there was a choice. */
function without(json: string): { version: number } {
  const { lockScreen, ...before } = JSON.parse(json) as { lockScreen: string; version: number };
  expect(lockScreen).toBe('category');
  return before;
}
