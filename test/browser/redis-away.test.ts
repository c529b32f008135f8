import { afterAll, beforeAll, test } from 'vitest';
import { button, heading, link, type Site, startSite } from '../support/browser.ts';
import { standingAt } from '../support/chromium.ts';
import { inside, street } from '../support/phone.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let redis: TestRedis;
let site: Site;

beforeAll(async () => {
  redis = await startRedis();
  if (redis.target.kind !== 'socket') throw new TypeError('no socket');
  site = await startSite({ REDIS_URL: `unix://${redis.target.path}`, LOG_LEVEL: 'silent' });
});
afterAll(async () => {
  await site.stop();
  await redis.stop();
});

test('[BR9] while Redis is away the page says so in words, and recovers by itself when it is back', async () => {
  const { id, founder } = await street(() => site.phone());
  await founder.report(id, { category: 'theft', severity: 'moderate' });
  const { page } = await site.open({
    as: founder,
    ...standingAt(inside),
    expected: [/ 503 |Unexpected response code: 503/u],
  });
  await page.goto(`/n/${id}`);
  const list = page.getByRole('list', { name: 'Incidents' });
  await list.getByRole('link', { name: /^Theft Moderate/u }).waitFor();

  await redis.kill();
  await link(page, 'Alert').click();
  await page.getByText('Your position is known.').waitFor();
  await button(page, 'Fire or smoke').click();
  await button(page, 'I have called').click();
  await button(page, /^Send/u).click();
  // The list may say so a moment before the alert's own page is there.
  await page.waitForURL(/\/sending\//u);
  await page.getByText('Waiting on this device').waitFor();
  await page.reload();
  await page.getByText(/The server cannot save anything at the moment/u).waitFor();
  await page.getByText('Waiting on this device').waitFor();
  await heading(page, 'Fire or smoke').waitFor();

  await redis.restart();
  await page.getByText(/^Sent/u).waitFor({ timeout: 60_000 });
  await page.getByText(/cannot save anything/u).waitFor({ state: 'detached', timeout: 60_000 });
  await link(page, 'Map').click();
  await list.getByRole('link', { name: /^Fire or smoke Severe/u }).waitFor();
}, 180_000);
