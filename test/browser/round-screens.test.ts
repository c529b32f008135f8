import { afterAll, beforeAll, expect, test } from 'vitest';
import { button, heading, link, type Site, startSite } from '../support/browser.ts';
import { comeAlong, startPatrol, volunteer } from '../support/patrol-scene.ts';
import { inside, street } from '../support/phone.ts';

let site: Site;

beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.stop());

const north = (metres: number) => ({ lat: inside.lat + metres / 111_195, lng: inside.lng });
const at = (metres: number) => ({
  permissions: ['geolocation'],
  geolocation: { latitude: north(metres).lat, longitude: inside.lng, accuracy: 8 },
});

/** A street that wants patrols, with a volunteer. */
async function patrolStreet() {
  const scene = await street(() => site.phone(), ['Bo', 'Cy']);
  const { id, founder, neighbours } = scene;
  const [bo, cy] = neighbours;
  if (!bo || !cy) throw new Error('neighbours are missing');
  await volunteer(founder, id, bo.member.id);
  for (const phone of [founder, bo.phone, cy.phone])
    await phone.must(phone.send('PUT', `/api/neighbourhoods/${id}/patrol-word`, { word: 'agree' }));
  return { id, founder, bo };
}

test('[RO22] [KT3] a way is drawn by taps and by keys, taken back, and on the shift, with who brings what', async () => {
  const { id, founder } = await patrolStreet();
  await founder.must(founder.send('PUT', `/api/neighbourhoods/${id}/kit`, { kit: ['torch'] }));
  const { page } = await site.open({ as: founder, hasTouch: true, timezoneId: 'UTC', ...at(0) });
  await page.goto(`/n/${id}/patrols/plan`);
  await page.locator('#plan').getByRole('button', { name: 'My position' }).tap();
  // The way's map begins where they meet, once that is chosen: the map has gone there.
  await page.locator('#plan .me-dot').waitFor();
  await page.getByText('Move the map to the place').waitFor({ state: 'hidden' });
  await page.getByLabel('The place in a few words').fill('At the bakery');

  await page.getByText('Draw the way (optional)').tap();
  const way = page.getByRole('region', { name: 'Map of the way' });
  await page.getByText('Tap the way on the map, one corner after the other.').waitFor();
  await way.tap({ position: { x: 120, y: 60 } });
  await page.getByText('Tap where it goes on.').waitFor();
  await way.tap({ position: { x: 220, y: 120 } });
  const long = page.getByText(/^The way is [\d.]+ k?m long/u);
  await long.waitFor();
  // By keys: the map moves under its middle, which becomes a corner.
  await way.focus();
  await page.keyboard.press('ArrowDown');
  const here = button(page, 'Set a corner in the middle');
  await here.focus();
  await page.keyboard.press('Enter');
  const corners = page.locator('.drawing').getByRole('button', { name: /^Corner \d of \d/u });
  await expect.poll(() => corners.count()).toBe(3);
  await here.press('Enter');
  await expect.poll(() => corners.count()).toBe(4);
  await button(page, 'Undo').press('Enter');
  await expect.poll(() => corners.count()).toBe(3);
  // A tap on the first corner picks it: a way goes round nothing.
  await corners.first().press('Enter');
  await button(page, 'Remove corner').press('Enter');
  await expect.poll(() => corners.count()).toBe(2);

  await page.locator('summary', { hasText: 'What would help' }).tap();
  await page.getByLabel('torch').check();
  await page.getByLabel('keys to shared doors').check();
  await button(page, 'Plan it').tap();
  await page.getByText(/^The way is [\d.]+ k?m long, as the map shows it/u).waitFor();
  await page.locator('.page .walk-route').waitFor();

  await page.getByText('Still missing: torch, keys to shared doors.').waitFor();
  await button(page, 'I am coming').first().tap();
  await page.getByText('Still missing: keys to shared doors.').waitFor();
  expect(await page.locator('.kit-match li').allInnerTexts()).toEqual([
    expect.stringMatching(/^torch\s+You$/u),
    expect.stringMatching(/^keys to shared doors\s+nobody yet$/u),
  ]);
  await page.getByText('Without you is missing: torch.').waitFor();
});

test('[RN15] [RR7] the round’s screen has the map and the same in words; its report is found among past rounds', async () => {
  const { id, founder, bo } = await patrolStreet();
  const { incident } = await founder.report(id, { position: north(-80), title: 'A broken fence' });
  const route = [north(0), north(150), { ...north(150), lng: inside.lng + 0.002 }];
  const started = await startPatrol(founder, id, { route });
  await comeAlong(founder, bo.phone, id, started.id);
  const partner = await site.open({ as: bo.phone, ...at(120) });
  await partner.page.goto(`/n/${id}/patrol`);
  await heading(partner.page, 'On patrol').waitFor();
  const { page } = await site.open({ as: founder, hasTouch: true, ...at(0) });
  await page.goto(`/n/${id}/patrol`);

  const map = page.locator('.shell--on-patrol .stage__map');
  await map.locator('.walk-route').waitFor({ state: 'attached' });
  await map.locator('.me-dot').waitFor();
  await map.locator('.walker--exact').getByText('Bo').waitFor();
  await map.getByRole('button', { name: /fence/u }).waitFor();
  // The same without the map.
  const bosRow = page.getByRole('listitem').filter({ hasText: 'With you: Bo' });
  await bosRow.getByText('120 m to the north').waitFor();
  await page.locator('.round-incident').getByText('80 m to the south').waitFor();
  // Map and buttons are both on the screen, whatever is scrolled.
  const boxes = await page
    .locator('.stage__map, .round-buttons')
    .evaluateAll((all) =>
      all.map((one) => one.getBoundingClientRect()).map(({ top, bottom }) => [top, bottom]),
    );
  const [of = [0, 0], under = [0, 0]] = boxes;
  expect(of[1]).toBeLessThanOrEqual(under[0] ?? 0);
  expect(under[1]).toBeLessThanOrEqual(844);

  const late = await site.open({ as: founder, ...at(0) });
  await late.context.addInitScript(() => {
    const real = Date.now;
    Date.now = () => real() + 600_000;
  });
  await late.page.goto(`/n/${id}/patrol`);
  await late.page.getByText('This phone’s clock is 10 minutes ahead', { exact: false }).waitFor();

  await button(page, 'End the patrol').tap();
  await page.getByRole('dialog').getByRole('button', { name: 'End the patrol' }).tap();
  await page.getByText('You ended it.').waitFor();
  await page.goto(`/n/${id}/patrols`);
  await link(page, /^Write the report: /u).tap();
  await page.getByLabel('What did you see?').fill('All quiet.');
  await page.getByRole('checkbox', { name: /A broken fence/u }).check();
  await button(page, 'Send the report').tap();
  await page.getByText(/^Thank you\. The report/u).waitFor();

  await partner.page.goto(`/n/${id}/patrols`);
  await link(partner.page, 'Past patrols').click();
  const past = partner.page.locator(`[data-round="${started.id}"]`);
  await past.getByText('All quiet.').waitFor();
  await past.getByText('Written by Ada').waitFor();
  await past.getByRole('link', { name: /A broken fence/u }).click();
  await partner.page.waitForURL(`**/incidents/${incident.id}`);
});
