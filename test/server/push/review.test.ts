import { expect, it } from 'vitest';
import { updateSubject } from '../../../shared/hiding.ts';
import type { Update } from '../../../shared/incident-life.ts';
import type { PushMessage } from '../../../shared/push.ts';
import type { MyReviews, Review } from '../../../shared/reviews.ts';
import { phoneOf } from '../../support/app.ts';
import { type Phone, street } from '../../support/phone.ts';
import { pushStage } from './push-stage.ts';

const day = 24 * 3600 * 1000;

const stage = pushStage();

/**
 * A street whose author reports without a name; a neighbour may write about it.
 * @param writer who wrote what is flagged, by their place; null: the alert itself is
 */
async function decided(writer: number | null) {
  // The push service has a clock of its own: it is the past that is far away.
  stage.app.clock.now -= 75 * day;
  const names = ['Author', 'Bo', 'Cy', 'Di', 'Ed', 'Fi', 'Gil', 'Hu'];
  const { id, founder, neighbours } = await street(() => phoneOf(stage.app), names);
  stage.app.clock.now += 75 * day;
  const [author, ...others] = neighbours.map(({ phone }) => phone);
  if (author === undefined) throw new Error('nobody is there');
  const all = [founder, author, ...others];
  const endpoints = new Map<string, number>();
  for (const [at, phone] of all.entries()) {
    const subscriptionId = await stage.subscribe(phone);
    endpoints.set(subscriptionId, at);
  }
  const { incident } = await author.report(id, { anonymous: true });
  const path = `/api/neighbourhoods/${id}/incidents/${incident.id}`;
  const post = async (phone: Phone | undefined) =>
    await phone?.must(
      phone.post<{ update: Update }>(`${path}/updates`, { kind: 'comment', text: 'What a fool.' }),
    );
  const written = writer === null ? undefined : await post(all[writer]);
  const of = written === undefined ? 'incident' : updateSubject(written.update.id);
  let review: Review | null = null;
  for (const phone of others.slice(0, 2)) {
    const flag = { of, agreement: 'insult' };
    ({ review } = await phone.must(phone.post<{ review: Review }>(`${path}/flags`, flag)));
  }
  expect(review?.status).toBe('under-review');
  await stage.work();
  const told = () =>
    stage.service.received.flatMap(({ subscriptionId, payload }) => {
      const message = JSON.parse(payload) as PushMessage;
      return message.kind === 'review' ? [{ to: endpoints.get(subscriptionId), step: message.step }] : [];
    });
  await stage.service.waitFor(() => told().length === 3);
  await stage.drained();
  const drawn: number[] = [];
  for (const [at, phone] of all.entries()) {
    const { duties } = await phone.must(phone.get<MyReviews>(`/api/neighbourhoods/${id}/reviews/mine`));
    if (duties.length > 0) drawn.push(at);
  }
  expect(told().toSorted((a, b) => (a.to ?? 0) - (b.to ?? 0))).toEqual(
    drawn.map((to) => ({ to, step: 'drawn' })),
  );
  for (const at of drawn.slice(0, 2)) {
    await all[at]?.must(all[at].post(`${path}/reviews/${review?.id}/verdict`, { verdict: 'remove' }));
  }
  await stage.service.waitFor(() => told().length === 4);
  await stage.drained();
  return told().at(-1);
}

it('[FL11] tells those who were drawn, then the author how it ended, and nobody else', async () => {
  // The author's own phone, whose name nobody sees.
  expect(await decided(null)).toEqual({ to: 1, step: 'removed' });
});

it.each([
  ['a neighbour', 8],
  ['the reporter, without a name', 1],
])('[FL11] [FL14] tells who wrote about it, %s, how that ended', async (_, writer) => {
  expect(await decided(writer)).toEqual({ to: writer, step: 'removed' });
});
