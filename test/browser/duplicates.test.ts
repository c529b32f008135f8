import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { distance } from '../../shared/geo.ts';
import { coarseMetres, coarsePosition, coarseReach } from '../../shared/geo/grid.ts';
import type { Incident, IncidentDetail, IncidentPage, ReportCommand } from '../../shared/incidents.ts';
import { house, writeVectorTown } from '../client/map/vector-town.ts';
import { button, heading, link, type Site, startSite } from '../support/browser.ts';
import type { Phone } from '../support/phone.ts';

let site: Site;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-town-'));
  const basemap = join(folder, 'town.pmtiles');
  await writeVectorTown(basemap, 'openmaptiles', { names: true });
  site = await startSite({ BASEMAP: basemap });
});
afterAll(async () => {
  await site.stop();
  await rm(folder, { recursive: true });
});

const boundary = {
  type: 'Polygon' as const,
  coordinates: [
    [
      [house.lng - 0.005, house.lat - 0.004],
      [house.lng + 0.005, house.lat - 0.004],
      [house.lng + 0.005, house.lat + 0.004],
      [house.lng - 0.005, house.lat + 0.004],
      [house.lng - 0.005, house.lat - 0.004],
    ],
  ],
};

/** Ada founded it, Bo is her neighbour; both live around the house. */
async function neighbours(): Promise<{ id: string; ada: Phone; bo: Phone }> {
  const [ada, bo] = [site.phone(), site.phone()];
  const { neighbourhood } = await ada.found({ boundary });
  await bo.accept((await ada.invite(neighbourhood.id)).code, 'Bo');
  return { id: neighbourhood.id, ada, bo };
}
const north = (metres: number) => ({ lat: house.lat + metres / 111_195, lng: house.lng });
const incidentsOf = async (phone: Phone, id: string) =>
  (await phone.must(phone.get<IncidentPage>(`/api/neighbourhoods/${id}/incidents`))).incidents;
const detailOf = async (phone: Phone, id: string, incident: Incident) =>
  phone.must(phone.get<IncidentDetail>(`/api/neighbourhoods/${id}/incidents/${incident.id}`));

/** From the map to the preview: noise, at the house that the address field finds, by the keyboard. */
async function tellNoise(page: Page, id: string, anonymous = false): Promise<void> {
  await page.goto(`/n/${id}/alert`);
  await button(page, 'Noise').click();
  const address = page.getByRole('combobox', { name: 'Address' });
  await address.click();
  await page.keyboard.type('12 rue des l');
  await page.getByRole('option', { name: '12 Rue des Lilas House' }).waitFor();
  await page.getByText('1 place found').waitFor({ state: 'attached' });
  await page.keyboard.press('ArrowDown');
  const first = page.getByRole('option', { selected: true });
  await first.waitFor();
  expect(await address.getAttribute('aria-activedescendant')).toBe(await first.getAttribute('id'));
  await page.keyboard.press('Enter');
  await page.getByText('The pin is at 12 Rue des Lilas.').waitFor();
  await expect.poll(() => address.inputValue()).toBe('12 Rue des Lilas');
  await expect.poll(() => address.getAttribute('aria-expanded')).toBe('false');
  await expect.poll(() => button(page, 'Continue').isEnabled()).toBe(true);
  if (anonymous) await page.getByRole('checkbox', { name: /^Do not show my name/u }).check();
  await button(page, 'Continue').click();
}

test('[PD9] [PD10] [PD12] an address from the map’s names brings the pin there; of a home only the square leaves the device', async () => {
  const { id, ada } = await neighbours();
  const { page } = await site.open({ as: ada });
  await page.goto(`/n/${id}/alert`);
  await button(page, 'Noise').click();
  const home = page.getByRole('checkbox', { name: /^This is at somebody’s home/u });
  await expect.poll(() => home.isChecked()).toBe(true);
  await page.locator('.coarse-area').waitFor();
  await page.getByText('Neighbours see this square', { exact: true }).waitFor();
  await expect.poll(() => page.locator('.picker__pin').count()).toBe(0);
  await home.uncheck();
  await page.locator('.picker__pin').waitFor();
  await page.locator('.coarse-area').waitFor({ state: 'detached' });
  await home.check();

  const posted = page.waitForRequest(
    (asked) => asked.method() === 'POST' && asked.url().endsWith('/incidents'),
  );
  await tellNoise(page, id);
  await page.locator('.preview .coarse-area').waitFor();
  await page.locator('.preview').getByText('about here (100 m)').waitFor();
  await button(page, /^Send/u).click();
  const command = (await posted).postDataJSON() as ReportCommand;
  expect(command).toMatchObject({ category: 'noise', coarse: true, evenSo: false });
  expect(command.position).toEqual(coarsePosition(command.position));
  // The map rounds to a pixel: the house may lie on the edge of the cell that was found.
  expect(distance(command.position, house)).toBeLessThan(coarseReach + 2);

  await heading(page, 'Noise').waitFor();
  await page.getByText(/≈ about here \(100\sm\)/u).waitFor();
  await button(page, /^Minor: Noise/u).waitFor();
  const area = page.locator('.coarse-area');
  await area.waitFor();
  const box = await area.boundingBox();
  expect(Math.abs((box?.width ?? 0) - (box?.height ?? 0))).toBeLessThan(4);
  expect(coarseMetres).toBe(100);
  await expect.poll(async () => (await incidentsOf(ada, id)).map(({ coarse }) => coarse)).toEqual([true]);
});

const named = 'Whoever says that it is the same is named to the neighbours.';

test('[PD13] [PD14] what is told already is shown before sending: one tap confirms it, and two of the same are merged', async () => {
  const { id, ada, bo } = await neighbours();
  const description = 'A saw since midnight, behind the school.';
  const { incident } = await bo.report(id, {
    category: 'noise',
    answers: {},
    position: north(40),
    description,
  });
  const { page } = await site.open({ as: ada });
  await page.goto(`/n/${id}`);
  await tellNoise(page, id);
  const told = page.getByRole('region', { name: 'Has it been told already?' });
  await told.getByText(description).waitFor();
  await told.getByText(/^40\sm away · Nobody on it yet$/u).waitFor();
  await button(page, /^Mine is another: send/u).waitFor();
  await expect.poll(() => told.getByText(named).count()).toBe(0);
  await button(page, 'It is the same: Noise').click();

  await page.waitForURL(new RegExp(`/incidents/${incident.id}$`, 'u'));
  expect(await incidentsOf(ada, id)).toHaveLength(1);
  const { life } = await detailOf(bo, id, incident);
  expect(life.confirmations.map(({ kind }) => kind)).toEqual(['confirm']);

  const posted = page.waitForRequest(
    (asked) => asked.method() === 'POST' && asked.url().endsWith('/incidents'),
  );
  // A confirmation shows its name, whatever the alert was to show.
  await tellNoise(page, id, true);
  await told.getByText(description).waitFor();
  await told.getByText(named).waitFor();
  await button(page, /^Mine is another: send/u).click();
  expect((await posted).postDataJSON()).toMatchObject({ evenSo: true, anonymous: true });
  await page.waitForURL(/\/incidents\//u);
  await button(page, 'This is the same as…').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: new RegExp(description, 'u') }).click();
  await button(page, 'Close this one').click();

  await page.waitForURL(new RegExp(`/incidents/${incident.id}$`, 'u'));
  await heading(page, 'Also reported as').waitFor();
  const second = (await incidentsOf(ada, id)).find((one) => one.id !== incident.id);
  expect(second?.outcome).toMatchObject({ kind: 'duplicate', duplicateOf: incident.id });
  await page
    .locator('.candidates')
    .getByRole('link', { name: /^Noise Minor/u })
    .click();
  await page.getByText('This is the same as another one. It goes on there:').waitFor();
  await page
    .locator('.panel')
    .getByRole('link', { name: new RegExp(description, 'u') })
    .click();
  await page.waitForURL(new RegExp(`/incidents/${incident.id}$`, 'u'));
  await link(page, 'Map').waitFor();
});
