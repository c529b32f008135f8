import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Update } from '../../../../shared/incident-life.ts';
import { updateSubject } from '../../../../shared/hiding.ts';
import type { Review } from '../../../../shared/reviews.ts';
import { withoutHidden } from '../../../../server/eventlog/hidden.ts';
import { incidentKeeper } from '../../../../server/incidents/personal.ts';
import { neighbourhoodKeys } from '../../../../server/redis/keys.ts';
import { startApp, type TestApp } from '../../../support/app.ts';
import { newId } from '../../../../server/ids.ts';
import { keysWith } from '../../../support/keys.ts';
import { type Neighbour, reviewScene } from './review-scene.ts';

const day = 24 * 3600 * 1000;
const words = 'Old Mrs Martin at 12 lives alone.';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const reviewsOf = (id: string, reviewId: string): [string, string, string, string] => {
  const { reviews } = neighbourhoodKeys(id);
  return [reviews, 'HGET', reviews, reviewId];
};

/** As in the scene of reviews, and Bo wrote about what the first neighbour reported. */
async function scene(kind: 'observation' | 'comment' = 'comment', over: Record<string, unknown> = {}) {
  const at = await reviewScene(test, 8, { description: 'A window is broken.', ...over });
  const [, bo, cy, ...others] = at.all;
  if (bo === undefined || cy === undefined) throw new Error('nobody is there');
  const post = async (who: Neighbour, text = words) =>
    (
      await who.phone.must(
        who.phone.post<{ update: Update }>(`${at.path}/updates`, { kind, text, mentions: [cy.member.id] }),
      )
    ).update;
  const update = await post(bo);
  const of = updateSubject(update.id);
  return {
    ...{ at, bo, cy, others, update, of, post },
    /** So many as are enough flag it. */
    open: async (subject = of): Promise<Review> => {
      for (const who of others) {
        const { review } = await who.phone.must(at.flag(who, { of: subject }));
        if (review.status !== 'flagged') return review;
      }
      throw new Error('they are not enough');
    },
    read: async (who: Neighbour = cy): Promise<Update | undefined> => {
      const { updates } = await who.phone.must(who.phone.get<{ updates: Update[] }>(at.path));
      return updates.find(({ id }) => id === update.id);
    },
    decide: async (review: Review, verdict: 'keep' | 'remove') => {
      for (const juror of await at.jurors()) await at.judge(juror, review.id, verdict);
    },
  };
}

describe('an observation or a comment', () => {
  it('[FL14] is flagged as the rest is: once, not one’s own, not what is not there', async () => {
    const { at, bo, cy, of } = await scene();
    const given = await at.flag(cy, { of });
    expect(given.body.review).toMatchObject({ status: 'flagged', of, incidentId: at.incident.id });
    const before = await at.head();
    expect((await at.flag(cy, { of })).status).toBe(409);
    expect((await at.flag(bo, { of })).status).toBe(403);
    for (const bad of [updateSubject(newId()), 'update:x', `update:${at.photoId}`]) {
      expect((await at.flag(cy, { of: bad })).status).toBe(422);
    }
    expect(await at.head()).toEqual(before);
    // Who reported the incident is another: they may.
    expect((await at.flag(at.author, { of })).status).toBe(201);
  });

  it.each(['observation', 'comment'] as const)(
    '[FL14] is hidden while neighbours review it (%s)',
    async (kind) => {
      const { at, bo, cy, update, open, read } = await scene(kind);
      const review = await open();
      expect(review.status).toBe('under-review');
      const hidden = [{ of: review.of, reviewId: review.id, removed: null }];
      expect(await read()).toMatchObject({ id: update.id, text: '', mentions: [], by: bo.member.id, hidden });
      expect(await at.everything()).not.toContain('Martin');
      expect(JSON.stringify((await at.founder.get(`${at.path}/history`)).body)).not.toContain('mentions');
      // The log is never changed: whoever catches up finds in it what is hidden by now.
      const raw = await test.deps.eventLog.read(at.id, 0, 500);
      const entries = raw.map(({ json }) => JSON.parse(json));
      expect(JSON.stringify(entries)).toContain('Martin');
      expect(JSON.stringify(withoutHidden(entries))).not.toContain('Martin');
      // What it was about stays, and so do the words that nobody flagged.
      expect((await at.detail()).incident).toMatchObject({ description: 'A window is broken.' });
      // Neither who wrote it nor whom it names nor who reported decides.
      const jurors = (await at.jurors()).map(({ member }) => member.id);
      expect(jurors).toHaveLength(3);
      for (const { member } of [bo, cy, at.author]) expect(jurors).not.toContain(member.id);
      const [juror] = await at.jurors();
      if (juror === undefined) throw new Error('nobody was drawn');
      expect(await at.duties(juror)).toMatchObject([{ description: words, title: null, photoIds: [] }]);
    },
  );

  it('[FL14] is as it was where a jury keeps it', async () => {
    const { update, open, read, decide } = await scene();
    await decide(await open(), 'keep');
    expect(await read()).toEqual({ ...update, version: update.version + 2 });
  });

  it('[FL14] that is removed says so; its writer appeals, and what is final is gone for good', async () => {
    const { at, bo, of, open, read, decide } = await scene();
    const review = await open();
    await decide(review, 'remove');
    expect(await read()).toMatchObject({ text: '', hidden: [{ of, removed: 'private' }] });
    expect((await at.appeal(at.author, review.id)).status).toBe(403);
    expect((await at.appeal(bo, review.id)).status).toBe(201);
    await at.pass(8 * day);
    await at.pass(8 * day);
    const stored = String(await test.redis.send(...reviewsOf(at.id, review.id)));
    expect(stored).not.toContain('Martin');
    expect(await keysWith(test, at.id, 'Martin')).toEqual([neighbourhoodKeys(at.id).log]);
    expect((await read())?.text).toBe('');
    expect((await at.flag(at.author, { of })).status).toBe(409);
  });

  it('[FL14] of an alert that lives may hang on: what is seen is only marked, talk is hidden', async () => {
    const grave = { category: 'fire', severity: 'extreme', answers: {} };
    const seen = await scene('observation', grave);
    await seen.open();
    expect((await seen.read())?.text).toBe(words);
    const said = await scene('comment', grave);
    await said.open();
    expect((await said.read())?.text).toBe('');
  });

  it('[FL14] without a name is its reporter’s: they may not flag it, are not drawn and not named', async () => {
    const { at, post, open } = await scene('comment', { anonymous: true });
    const own = await post(at.author, 'I saw Mrs Martin there.');
    expect(own.by).toBeNull();
    expect((await at.flag(at.author, { of: updateSubject(own.id) })).status).toBe(403);
    await open(updateSubject(own.id));
    expect((await at.jurors()).map(({ member }) => member.id)).not.toContain(at.author.member.id);
    const told = (await at.entries()).filter(({ type }) => type.startsWith('review.'));
    expect(JSON.stringify(told)).not.toContain(at.author.member.id);
  });

  it('[FL14] its writer takes the hidden words along, and erased with them it leaves none', async () => {
    const { at, bo, open, read } = await scene();
    const review = await open();
    const keeper = incidentKeeper(test.deps);
    const own = { neighbourhoodId: at.id, memberId: bo.member.id };
    expect(JSON.stringify(await keeper.handOver?.(own))).toContain(words);
    await keeper.erase?.(own);
    expect(await read()).toBeUndefined();
    expect(await test.redis.send(...reviewsOf(at.id, review.id))).toBeNull();
    const [juror] = await at.jurors();
    expect(juror).toBeUndefined();
    await at.pass(2 * day);
  });

  it('[HI9] that is hidden names nobody who was erased meanwhile', async () => {
    const { at, bo, cy, post, open, decide } = await scene();
    const { name } = cy.member;
    const { id } = await post(bo, `Ask @${name} and @${name}s.`);
    const review = await open(updateSubject(id));
    await incidentKeeper(test.deps).beforeErasing?.({ neighbourhoodId: at.id, memberId: cy.member.id });
    await decide(review, 'keep');
    const { updates } = await at.author.phone.must(at.author.phone.get<{ updates: Update[] }>(at.path));
    const said = updates.find((update) => update.id === id);
    expect(said).toMatchObject({ text: `Ask @… and @${name}s.`, mentions: [] });
  });
});
