import { afterAll, beforeAll, expect, test } from 'vitest';
import { changedPatrol } from '../../server/patrols/store.ts';
import { changedSearch } from '../../server/patrols/home-safe-store.ts';
import { createEventLog } from '../../server/eventlog/eventlog.ts';
import { newId } from '../../server/ids.ts';
import type { Redis } from '../../server/redis/client.ts';
import type { Search } from '../../shared/home-safe.ts';
import { button, heading, link, type Site, startSite } from '../support/browser.ts';
import { comeAlong, startPatrol, volunteer, wantPatrols } from '../support/patrol-scene.ts';
import { street } from '../support/phone.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let server: TestRedis;
let redis: Redis;
let site: Site;

beforeAll(async () => {
  server = await startRedis();
  redis = await server.connect();
  if (server.target.kind !== 'socket') throw new TypeError('no socket');
  site = await startSite({ REDIS_URL: `unix://${server.target.path}` });
});
afterAll(async () => {
  await site.stop();
  await server.stop();
});

const minute = 60_000;

test('[HS13] a walker sees the time run down and says that they are fine; who does not answer is on every screen until they are safe; the round is told', async () => {
  const { id, founder, founderMember, neighbours } = await street(() => site.phone(), ['Vi', 'Wes', 'Res']);
  const [vi, wes, res] = neighbours;
  if (!vi || !wes || !res) throw new Error('nobody lives here');
  for (const { member } of [vi, wes]) await volunteer(founder, id, member.id);
  await wantPatrols(redis, id, [founderMember.id, vi.member.id, wes.member.id]);
  const started = await startPatrol(vi.phone, id);
  const patrol = await comeAlong(vi.phone, wes.phone, id, started.id);
  const eventLog = createEventLog(redis);

  const mine = await site.open({ as: vi.phone });
  const other = await site.open({ as: res.phone, locale: 'fr-FR' });
  await mine.page.goto(`/n/${id}/patrols/${patrol.id}`);
  await mine.page.getByText('30 min', { exact: true }).waitFor();
  const fine = button(mine.page, 'I am fine');
  expect((await fine.boundingBox())?.height).toBeGreaterThanOrEqual(64);

  // The round of half an hour ago: the server's own timer says that it is time.
  const began = Date.now() - 31 * minute;
  const earlier = {
    ...patrol,
    version: patrol.version + 1,
    ...{ startedAt: began, runningSince: began },
    walkers: patrol.walkers.map((walker) => ({ ...walker, joinedAt: began })),
  };
  const change = changedPatrol(id, { ...patrol, state: 'gathering' }, earlier, Date.now());
  await eventLog.commit({
    ...{ neighbourhoodId: id, at: Date.now(), body: {} },
    event: { type: 'patrol.asked', by: null, patrol: earlier },
    ...change,
  });
  await mine.page.getByText(/^It is time/u).waitFor();
  await fine.focus();
  await mine.page.keyboard.press('Enter');
  await mine.page.getByText(/^Say that you are all right by/u).waitFor();

  // Wes does not answer, and nobody else did: as the last step leaves it.
  await other.page.goto(`/n/${id}`);
  const search: Search = {
    ...{ id: newId(), version: 1, patrolId: patrol.id, memberId: wes.member.id, step: 'exhausted' },
    ...{ beganAt: Date.now(), lastAt: began, ownerId: null, dueAt: null, end: null },
  };
  await eventLog.commit({
    ...{ neighbourhoodId: id, at: Date.now(), body: {} },
    event: { type: 'search.begun', by: null, search, checkIn: null, asked: [] },
    ...changedSearch(id, search),
  });
  const alert = other.page.getByRole('alert').filter({ hasText: 'Wes est en ronde et ne répond pas.' });
  await alert.getByRole('link', { name: /^Appeler le/u }).waitFor();
  await alert.getByRole('link', { name: 'Que faire' }).click();
  await heading(other.page, 'Wes ne répond pas').waitFor();
  const [first] = await other.page.locator('.page__content a, .page__content button').all();
  expect(await first?.getAttribute('href')).toMatch(/^tel:/u);
  await button(other.page, 'Je cherche').click();
  await other.page.getByText(/^Vous cherchez/u).waitFor();

  // On the partner's phone it says who looks, and the partner is with them by now.
  await mine.page.getByRole('alert').getByRole('link', { name: 'What to do' }).click();
  await mine.page.getByText('Res looks for them.').waitFor();
  await button(mine.page, 'Wes is safe').click();
  await mine.page.getByText(/^Wes is safe\./u).waitFor();
  await other.page.getByText(/^Wes va bien\./u).waitFor();
  await expect.poll(() => other.page.locator('.searched').count()).toBe(0);

  await vi.phone.must(vi.phone.post(`/api/neighbourhoods/${id}/patrols/${patrol.id}/end`));
  await mine.page.goto(`/n/${id}/patrols/${patrol.id}`);
  await mine.page.getByText('Walked together: 1:02 h.').waitFor();
  await mine.page.getByLabel('What did you see?').fill('All quiet.');
  await mine.page.getByLabel('For the next patrol').fill('The lamp at 12 is out.');
  await button(mine.page, 'Send the report').click();
  await mine.page.getByText('Thank you. The report is there for all to read.').waitFor();

  await other.page.goto(`/n/${id}/neighbours`);
  await link(other.page, 'Les rondes en chiffres').click();
  await other.page.getByText('The lamp at 12 is out.').waitFor();
  await other.page.getByText('1 ronde, 1:02 h').first().waitFor();
  await other.page.getByText('Calme.').first().waitFor();
}, 60_000);
