import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../../../shared/errors.ts';
import type { ModerationPage } from '../../../../shared/reviews.ts';
import { withoutHidden } from '../../../../server/eventlog/hidden.ts';
import { createForgetting } from '../../../../server/incidents/forgetting.ts';
import { incidentKeeper } from '../../../../server/incidents/personal.ts';
import { reviewRetention } from '../../../../server/incidents/reviews/timer.ts';
import { neighbourhoodKeys } from '../../../../server/redis/keys.ts';
import { retention } from '../../../../server/timers/retention.ts';
import { phoneOf, startApp, type TestApp } from '../../../support/app.ts';
import { keysWith } from '../../../support/keys.ts';
import { type Neighbour, reviewScene, secret } from './review-scene.ts';

const hour = 3600 * 1000;
const day = 24 * hour;

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const scene = (others?: number, over?: Record<string, unknown>) => reviewScene(test, others, over);

describe('a flag', () => {
  it('[FL1] is given once a member, with an agreement, and names nobody', async () => {
    const at = await scene();
    const [, bo] = at.all;
    const given = await at.flag(bo, { reason: 'It names the house.' });
    expect(given.status).toBe(201);
    expect(given.body.review).toMatchObject({ status: 'flagged', agreements: { private: 1 }, decisions: [] });
    const entry = (await at.entries()).at(-1);
    expect(entry).toMatchObject({ type: 'review.changed', by: null, incident: null });
    expect(JSON.stringify(entry)).not.toContain(bo?.member.id);
    expect((await at.detail()).reviews).toEqual([given.body.review]);
    // One is not enough: it stays where it is.
    expect((await at.detail()).incident.description).toBe(secret);
    const before = await at.head();
    const again = await at.flag(bo);
    expect([again.status, again.body.issues?.[0]?.message]).toEqual([409, 'You flagged this already.']);
    expect((await at.flag(at.author)).status).toBe(403);
    for (const bad of [{ agreement: 'ugly' }, { of: 'A'.repeat(16) }, { agreement: 'false', more: 1 }]) {
      expect((await at.flag(at.all[2], bad)).status).toBe(422);
    }
    expect(await at.head()).toEqual(before);
  });

  it('[FL1] is refused to whoever reported it without a name, who is not named by it', async () => {
    const at = await scene(4, { anonymous: true });
    expect((await at.flag(at.author)).status).toBe(403);
    await at.openReview();
    const told = (await at.entries()).filter(({ type }) => type.startsWith('review.'));
    expect(told).toHaveLength(2);
    expect(JSON.stringify(told)).not.toContain(at.author.member.id);
    expect((await at.jurors()).map(({ member }) => member.id)).not.toContain(at.author.member.id);
  });

  it('[FL2] of five new accounts hides nothing', async () => {
    const at = await scene();
    for (let i = 0; i < 5; i += 1) {
      const { code } = await at.founder.invite(at.id);
      const phone = phoneOf(test);
      const { member } = await phone.accept(code, `New ${i}`);
      expect((await at.flag({ phone, member })).body.review.status).toBe('flagged');
    }
    const { incident, reviews } = await at.detail();
    expect(incident.description).toBe(secret);
    expect(reviews).toMatchObject([{ status: 'flagged', agreements: { private: 5 } }]);
  });
});

describe('what is under review', () => {
  it('[FL3] is hidden in every answer until it is decided, the place and kind of the alert are not', async () => {
    const at = await scene();
    const review = await at.openReview();
    expect(review).toMatchObject({ status: 'under-review', seats: 3, verdicts: 0 });
    const { incident } = await at.detail();
    const { category, severity, position } = at.incident;
    expect(incident).toMatchObject({
      ...{ category, severity, position, description: '', answers: {}, photoIds: [] },
      hidden: [{ of: 'incident', reviewId: review.id, removed: null }],
    });
    expect(await at.everything()).not.toContain('blue house');
    const [outsider] = (
      await Promise.all(at.all.map(async (who) => ((await at.duties(who)).length === 0 ? [who] : [])))
    ).flat();
    const photo = `/api/neighbourhoods/${at.id}/photos/${at.photoId}`;
    expect((await outsider?.phone.get(photo))?.status).toBe(404);
    expect((await outsider?.phone.get(`${photo}/thumbnail`))?.status).toBe(404);
    // Whatever is said of it meanwhile does not bring the words back.
    await at.founder.must(at.founder.post(`${at.path}/freshness`));
    expect(await at.everything()).not.toContain('blue house');
    expect((await at.flag(at.all[3])).status).toBe(409);
  });

  it('[FL3] is not in what a device catches up with, which does hear of the rest', async () => {
    const at = await scene();
    const shown = await at.founder.report(at.id, { description: 'Another thing.' });
    await at.openReview();
    const raw = await test.deps.eventLog.read(at.id, 0, 500);
    const entries = raw.map(({ json }) => JSON.parse(json));
    expect(JSON.stringify(entries)).toContain('blue house');
    const told = withoutHidden(entries);
    expect(JSON.stringify(told)).not.toContain('blue house');
    expect(told.map(({ seq }) => seq)).toEqual(entries.map(({ seq }) => seq));
    expect(JSON.stringify(told)).toContain(shown.incident.description);
  });

  it('[FL3] is only marked where lives may hang on it', async () => {
    const at = await scene(8, { category: 'fire', severity: 'extreme', answers: {} });
    const review = await at.openReview();
    expect(review.status).toBe('under-review');
    expect((await at.detail()).incident).toMatchObject({ description: secret });
    for (const juror of await at.jurors()) await at.judge(juror, review.id, 'remove');
    expect((await at.detail()).incident).toMatchObject({ description: '' });
  });

  it('[FL3] may be one photo alone', async () => {
    const at = await scene();
    const review = await at.openReview({ of: at.photoId });
    const { incident } = await at.detail();
    expect(incident).toMatchObject({ description: secret, photoIds: [] });
    const [juror] = await at.jurors();
    if (juror === undefined) throw new Error('nobody was drawn');
    expect(await at.duties(juror)).toMatchObject([{ description: secret, photoIds: [at.photoId] }]);
    for (const who of await at.jurors()) await at.judge(who, review.id, 'keep');
    expect((await at.detail()).incident.photoIds).toEqual([at.photoId]);
    expect((await at.founder.get(`/api/neighbourhoods/${at.id}/photos/${at.photoId}`)).status).toBe(200);
  });
});

describe('the jury', () => {
  it('[FL4] is three who have no part in it, who alone are told and shown what it is about', async () => {
    const at = await scene(9);
    const [, , , , responder, witness] = at.all;
    await responder?.phone.must(responder.phone.post(`${at.path}/responses`, { kind: 'acknowledged' }));
    await witness?.phone.must(witness.phone.post(`${at.path}/confirmations`, { kind: 'confirm' }));
    const newcomer = phoneOf(test);
    const { member } = await newcomer.accept((await at.founder.invite(at.id)).code, 'New');
    await at.openReview({ reason: 'It names the house.' });
    const jurors = await at.jurors();
    const out = new Set([...at.all.slice(0, 6).map((who) => who.member.id), member.id]);
    expect(jurors).toHaveLength(3);
    expect(jurors.filter((who) => out.has(who.member.id))).toEqual([]);
    const [juror] = jurors;
    if (juror === undefined) throw new Error('nobody was drawn');
    expect(await at.duties(juror)).toMatchObject([
      { description: secret, photoIds: [at.photoId], reasons: Array(3).fill('It names the house.') },
    ]);
    const photo = `/api/neighbourhoods/${at.id}/photos/${at.photoId}`;
    expect((await juror.phone.get(photo)).status).toBe(200);
    // Nowhere in what others get stands who decides.
    const told = JSON.stringify((await at.entries()).filter(({ type }) => type.startsWith('review.')));
    for (const who of jurors) expect(told).not.toContain(who.member.id);
  });

  it('[FL5] decides by majority as soon as there is one, each juror once, nobody else', async () => {
    const at = await scene();
    const review = await at.openReview();
    const [one, two, three] = await at.jurors();
    const before = await at.head();
    expect((await at.judge(at.author, review.id, 'keep')).status).toBe(403);
    expect((await at.judge(one, 'A'.repeat(16), 'keep')).status).toBe(404);
    expect((await at.judge(one, review.id, 'perhaps')).status).toBe(422);
    expect(await at.head()).toEqual(before);
    expect((await at.judge(one, review.id, 'remove')).body.review).toMatchObject({ verdicts: 1 });
    expect((await at.judge(one, review.id, 'keep')).status).toBe(409);
    const decided = await at.judge(two, review.id, 'remove');
    expect(decided.body.review).toMatchObject({
      status: 'removed',
      decisions: [{ outcome: 'removed', by: 'jury', keep: 0, remove: 2, agreement: 'private' }],
      appealUntil: test.clock.now + 7 * day,
    });
    expect((await at.judge(three, review.id, 'keep')).status).toBe(409);
    expect((await at.entries()).at(-1)).toMatchObject({ type: 'review.decided', by: null });
  });

  it('[FL6] is replaced once where it is silent, then coordinators are asked, then it is shown again', async () => {
    const at = await scene(9);
    const role = (who: Neighbour | undefined) =>
      `/api/neighbourhoods/${at.id}/members/${who?.member.id}/role`;
    const review = await at.openReview();
    const first = await at.jurors();
    const free = at.all.slice(3).filter((who) => !first.includes(who));
    await at.judge(first[0], review.id, 'keep');
    await at.pass(day - 1);
    expect(await at.jurors()).toEqual(first.slice(1));
    await at.pass(1);
    const second = await at.jurors();
    expect(second).toHaveLength(2);
    expect(second.filter((who) => first.includes(who))).toEqual([]);
    const left = free.filter((who) => !second.includes(who) && who.phone !== at.founder);
    await at.founder.must(at.founder.send('PUT', role(left[0]), { role: 'coordinator' }));
    await at.pass(day);
    const third = await at.jurors();
    expect(third.length).toBeGreaterThan(0);
    expect(third).toContain(left[0]);
    expect(third.filter((who) => [...first, ...second].includes(who))).toEqual([]);
    expect((await at.detail()).incident.description).toBe('');
    await at.pass(day);
    const { incident, reviews } = await at.detail();
    expect(incident.description).toBe(secret);
    expect(incident.hidden).toBeUndefined();
    expect(reviews).toMatchObject([{ status: 'kept', dueAt: null, decisions: [{ by: 'nobody', keep: 0 }] }]);
    const types = (await at.entries()).map(({ type }) => type).filter((type) => type.startsWith('review.'));
    expect(types).toEqual([
      ...['review.changed', 'review.opened', 'review.changed', 'review.drawn', 'review.drawn'],
      'review.decided',
    ]);
  });

  it('[FL6] that nobody can sit on shows it again at once, and says so', async () => {
    const at = await scene(2);
    await at.flag(at.all[1]);
    const decided = await at.flag(at.all[2]);
    expect(decided.body.review).toMatchObject({ status: 'kept', decisions: [{ by: 'nobody' }] });
    expect((await at.detail()).incident.description).toBe(secret);
  });
});

describe('what was decided', () => {
  it('[FL7] removed is gone from every answer, and after the time for an appeal from the store', async () => {
    const at = await scene();
    const review = await at.openReview();
    for (const juror of await at.jurors()) await at.judge(juror, review.id, 'remove');
    expect((await at.detail()).incident).toMatchObject({
      ...{ status: 'open', category: at.incident.category, description: '', photoIds: [] },
      hidden: [{ removed: 'private' }],
    });
    expect(await at.everything()).not.toContain('blue house');
    const { incidentContent, photos } = neighbourhoodKeys(at.id);
    const key = incidentContent(at.incident.id);
    const kept = async () => [
      await test.redis.send(key, 'GET', key),
      await test.redis.send(photos, 'HEXISTS', photos, at.photoId),
    ];
    expect(JSON.stringify(await kept())).toContain('blue house');
    await at.pass(7 * day);
    expect(JSON.stringify(await kept())).not.toContain('blue house');
    expect((await kept())[1]).toBe(0);
    expect(await keysWith(test, at.id, 'blue house')).toEqual([neighbourhoodKeys(at.id).log]);
    expect((await at.appeal(at.author, review.id)).status).toBe(409);
  });

  it('[FL8] kept is as it was, and not flagged again by the same', async () => {
    const at = await scene();
    const review = await at.openReview();
    for (const juror of await at.jurors()) await at.judge(juror, review.id, 'keep');
    const { incident } = await at.detail();
    const { description, answers, photoIds, title } = at.incident;
    expect(incident).toMatchObject({ description, answers, photoIds, title });
    expect(incident.hidden).toBeUndefined();
    expect((await at.founder.get(`/api/neighbourhoods/${at.id}/photos/${at.photoId}`)).status).toBe(200);
    const content = neighbourhoodKeys(at.id).incidentContent(at.incident.id);
    expect(await test.redis.send(content, 'GET', content)).toBeNull();
    expect((await at.flag(at.all[1])).status).toBe(409);
    const others = await at.flag(at.all[3]);
    expect(others.body.review).toMatchObject({ status: 'flagged', agreements: { private: 1 } });
  });

  it('[FL9] may be appealed once by its author, and is heard by five others', async () => {
    const at = await scene(12);
    const review = await at.openReview();
    const first = await at.jurors();
    for (const juror of first) await at.judge(juror, review.id, 'remove');
    const before = await at.head();
    expect((await at.appeal(at.all[1] ?? at.author, review.id)).status).toBe(403);
    expect(await at.head()).toEqual(before);
    const appealed = await at.appeal(at.author, review.id);
    expect(appealed.body.review).toMatchObject({ status: 'appealed', seats: 5, appealUntil: null });
    expect((await at.detail()).incident.description).toBe('');
    const second = await at.jurors();
    expect(second).toHaveLength(5);
    expect(second.filter((who) => first.includes(who))).toEqual([]);
    for (const juror of second.slice(0, 3)) await at.judge(juror, review.id, 'keep');
    expect((await at.detail()).incident.description).toBe(secret);
    expect((await at.appeal(at.author, review.id)).status).toBe(409);
    // What a second jury has kept nobody flags again.
    expect((await at.flag(at.all.find((who) => !second.includes(who) && who !== at.author))).status).toBe(
      409,
    );
  });

  it('[FL9] stays removed where nobody answers the appeal, and then for good', async () => {
    const at = await scene(4);
    const review = await at.openReview();
    for (const juror of await at.jurors()) await at.judge(juror, review.id, 'remove');
    const appealed = await at.appeal(at.author, review.id);
    expect(appealed.body.review).toMatchObject({ status: 'removed', appealUntil: null });
    expect(appealed.body.review.decisions.at(-1)).toMatchObject({ appeal: true, by: 'nobody' });
    const { incidentContent } = neighbourhoodKeys(at.id);
    const key = incidentContent(at.incident.id);
    expect(String(await test.redis.send(key, 'GET', key))).not.toContain('blue house');
  });

  it('[FL10] is read by every member, in pages, without a name', async () => {
    const at = await scene();
    const review = await at.openReview();
    for (const juror of await at.jurors()) await at.judge(juror, review.id, 'keep');
    const other = await at.founder.report(at.id);
    const path = `/api/neighbourhoods/${at.id}/incidents/${other.incident.id}/flags`;
    test.clock.now += hour;
    await at.author.phone.must(at.author.phone.post(path, { agreement: 'elsewhere' }));
    const page = (query = '') =>
      at.author.phone.get<ModerationPage & Problem>(`/api/neighbourhoods/${at.id}/moderation${query}`);
    const { body: first } = await page('?limit=1');
    expect(first.reviews).toMatchObject([{ status: 'flagged', agreements: { elsewhere: 1 } }]);
    const { body: second } = await page(`?limit=1&cursor=${first.cursor}`);
    expect(second.reviews).toMatchObject([
      {
        ...{ id: review.id, category: at.incident.category, openedAt: review.openedAt },
        decisions: [
          { outcome: 'kept', by: 'jury', keep: 2, remove: 0, reasons: ['Read it twice.', 'Read it twice.'] },
        ],
      },
    ]);
    for (const { member } of at.all) expect(JSON.stringify(second)).not.toContain(member.id);
    expect((await page(`?limit=1&cursor=${second.cursor}`)).body).toEqual({ reviews: [], cursor: null });
    expect((await page(`?cursor=${'A'.repeat(16)}`)).status).toBe(422);
  });

  it('[FL10] is forgotten with what it was about, and what a member wrote there with the member', async () => {
    const at = await scene();
    const review = await at.openReview({ reason: 'It names the house.' });
    for (const juror of await at.jurors()) await at.judge(juror, review.id, 'remove');
    const { reviews, reviewOrder, incidentContent } = neighbourhoodKeys(at.id);
    const contentKey = incidentContent(at.incident.id);
    const kept = async () => [
      await test.redis.send(reviews, 'HLEN', reviews),
      await test.redis.send(reviewOrder, 'ZCARD', reviewOrder),
      await test.redis.send(contentKey, 'EXISTS', contentKey),
    ];
    const keeper = incidentKeeper(test.deps);
    const written = async () => String(await test.redis.send(reviews, 'HGET', reviews, review.id));
    expect((await written()).split('It names the house.')).toHaveLength(3);
    const memberId = at.all[1]?.member.id ?? '';
    await keeper.erase?.({ neighbourhoodId: at.id, memberId });
    expect((await written()).split('It names the house.')).toHaveLength(2);
    expect(await kept()).toEqual([1, 1, 1]);
    test.clock.now += 91 * day;
    await retention(test.deps, [createForgetting(test.deps).forgetDue, reviewRetention(test.deps)])(at.id);
    expect(await kept()).toEqual([0, 0, 0]);
  });

  it('[FL10] leaves no photo and no juror of what is forgotten while it is reviewed', async () => {
    const at = await scene();
    await at.openReview();
    const { photosHidden } = neighbourhoodKeys(at.id);
    const hidden = () => test.redis.send(photosHidden, 'SCARD', photosHidden);
    expect(await hidden()).toBe(4);
    await incidentKeeper(test.deps).erase?.({ neighbourhoodId: at.id, memberId: at.author.member.id });
    expect(await hidden()).toBe(0);
  });

  it('[FL15] what a juror wrote goes with them while the jury sits, and stays nobody’s once it is decided', async () => {
    const at = await scene();
    const review = await at.openReview();
    const keeper = incidentKeeper(test.deps);
    const erase = async (who?: Neighbour) =>
      await keeper.erase?.({ neighbourhoodId: at.id, memberId: who?.member.id ?? '' });
    const [first, second, third] = await at.jurors();
    await at.judge(first, review.id, 'keep');
    await erase(first);
    expect(await keysWith(test, at.id, 'Read it twice.')).toEqual([]);
    await at.judge(second, review.id, 'remove');
    await at.judge(third, review.id, 'keep');
    const decided = async () => (await at.detail()).reviews[0]?.decisions;
    const reasons = ['Read it twice.', 'Read it twice.'];
    expect(await decided()).toMatchObject([{ outcome: 'kept', keep: 2, remove: 1, reasons }]);
    await erase(second);
    expect(await decided()).toMatchObject([{ reasons }]);
  });
});
