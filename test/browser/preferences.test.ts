import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Preferences } from '../../shared/preferences.ts';
import { createPreferenceStore } from '../../server/push/preferences/store.ts';
import { button, heading, link, type Site, startSite } from '../support/browser.ts';
import { press, tabTo } from '../support/keyboard.ts';
import { street } from '../support/phone.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let server: TestRedis;
let site: Site;

beforeAll(async () => {
  server = await startRedis();
  if (server.target.kind !== 'socket') throw new TypeError('no socket');
  site = await startSite({ REDIS_URL: `unix://${server.target.path}` });
});
afterAll(async () => {
  await site.stop();
  await server.stop();
});

test('[WI14] three choices, places by touch and by keys, a snooze from the top bar, and what did not disturb', async () => {
  const { id, founder, founderMember, neighbours } = await street(() => site.phone());
  const { page } = await site.open({ as: founder, hasTouch: true });
  const settled = () => founder.must(founder.get<Preferences>(`/api/neighbourhoods/${id}/preferences`));
  await page.goto('/me');
  await link(page, 'Choose what I am told of').click();
  await heading(page, 'What I am told of').waitFor();
  await page.getByRole('radio', { name: /^Near me/u }).check();
  await page.getByText('You have no places yet').waitFor();
  await expect.poll(async () => (await settled()).choice).toBe('near');

  // By touch: the middle of home, and how far around it.
  await button(page, 'Add a place').click();
  await page.getByText('Tap the middle of the place.').waitFor();
  await page
    .locator('.drawing')
    .getByRole('region', { name: 'Map' })
    .tap({ position: { x: 200, y: 150 } });
  await page.getByText('This is the place.').waitFor();
  await page.getByLabel('What do you call it?').fill('Home');
  await page.getByLabel('How far around it').selectOption('500');
  await button(page, 'Keep this place').click();
  await button(page, 'Change: Home').waitFor();
  await expect
    .poll(async () => (await settled()).areas)
    .toMatchObject([{ name: 'Home', shape: { kind: 'circle', radius: 500 } }]);

  // By keys alone: a way, two corners of it.
  await tabTo(page, 'Add a place');
  await page.keyboard.press('Enter');
  await tabTo(page, 'What do you call it?');
  await page.keyboard.type('School way');
  await tabTo(page, /around a point/u);
  await page.keyboard.press('ArrowRight');
  await tabTo(page, /^Map/u);
  await page.keyboard.press('ArrowRight');
  await press(page, 'Set a corner in the middle');
  await page.getByText('One more corner.').waitFor();
  await tabTo(page, /^Map/u, 'Shift+Tab');
  for (let i = 0; i < 3; i += 1) await page.keyboard.press('ArrowUp');
  await press(page, 'Set a corner in the middle');
  await page.getByText('This is the way.').waitFor();
  await press(page, 'Keep this place');
  await button(page, 'Change: School way').waitFor();
  await expect
    .poll(async () => (await settled()).areas[1])
    .toMatchObject({ name: 'School way', shape: { kind: 'line', width: 100 } });

  await page.getByText('Quiet hours: None').click();
  await page.getByLabel('Leave me alone between').check();
  await page.getByText('Quiet hours: 22:00 to 07:00').waitFor();

  // What was held back is a list, and leads to each.
  const { incident } = (await neighbours[0]?.phone.report(id)) ?? {};
  if (incident === undefined) throw new Error('nobody reported');
  const redis = await server.connect();
  const waits = [{ memberId: founderMember.id, due: Date.now() + 3600_000 }];
  await createPreferenceStore(redis).holdBack(id, incident.id, waits, Date.now());
  await redis.close();
  await link(page, 'While it was quiet').click();
  await heading(page, 'Waits for the morning').waitFor();
  await page.getByRole('link', { name: /Something suspicious/u }).click();
  await expect.poll(() => page.url()).toContain(incident.id);

  await button(page, /^Switch neighbourhood/u).click();
  await button(page, 'For an hour').click();
  await page.getByText(/^Quiet until \d/u).waitFor();
  await button(page, 'End it now').click();
  await button(page, 'For an hour').waitFor();
  expect((await settled()).snoozedUntil).toBeNull();
});
