import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IncidentPage } from '../../shared/incidents.ts';
import { asShipped, button, heading, link, sharedSite, type Site } from '../support/browser.ts';
import { street } from '../support/phone.ts';
import { png, realPhoto, uploadPhoto } from '../support/photos.ts';

let site: Site;
let folder: string;

beforeAll(async () => {
  site = await sharedSite();
  folder = await mkdtemp(join(tmpdir(), 'vigie-browser-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

// Where the real photo was taken, in Arezzo.
const taken = { lat: 43.46745, lng: 11.88513 };
const ring = [
  [taken.lng - 0.006, taken.lat - 0.005],
  [taken.lng + 0.006, taken.lat - 0.005],
  [taken.lng + 0.006, taken.lat + 0.005],
  [taken.lng - 0.006, taken.lat + 0.005],
  [taken.lng - 0.006, taken.lat - 0.005],
];
const boundary = { type: 'Polygon', coordinates: [ring] };

/** Black and white lines of 4 px, as in a number plate close by, taken at that place. */
async function plate(): Promise<Uint8Array> {
  const lines = Uint8Array.from({ length: 640 * 480 }, (_, i) => (Math.floor((i % 640) / 4) % 2) * 255);
  const dms = (degrees: number) => {
    const minutes = (degrees % 1) * 60;
    return `${Math.floor(degrees)}/1 ${Math.floor(minutes)}/1 ${Math.round((minutes % 1) * 60 * 1000)}/1000`;
  };
  return await sharp(lines, { raw: { width: 640, height: 480, channels: 1 } })
    .toColourspace('srgb')
    .withExif({
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: dms(taken.lat),
        GPSLongitudeRef: 'E',
        GPSLongitude: dms(taken.lng),
      },
    })
    .jpeg()
    .toBuffer();
}

async function fileOf(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

/** Two neighbours of a street around the place of the photo. */
async function twoPhones() {
  const founder = site.phone();
  const { neighbourhood } = await founder.found({ boundary });
  const { code } = await founder.invite(neighbourhood.id);
  const bo = site.phone();
  await bo.accept(code, 'Bo');
  return { id: neighbourhood.id, ada: founder, bo };
}

/** To the second step of an alert, where photos are. */
async function toPhotos(page: Page, id: string): Promise<void> {
  await page.goto(`/n/${id}`);
  await link(page, 'Alert').click();
  await button(page, 'Road hazard').click();
  await heading(page, 'Photos (optional)').waitFor();
}

const pickInput = (page: Page) => page.locator('input[type=file][multiple]');

/** How far neighbouring pixels of the picture differ within a part of it, on average, 0 to 255. */
async function contrast(
  jpeg: Buffer,
  part: { left: number; top: number; width: number; height: number },
): Promise<number> {
  const { data, info } = await sharp(jpeg)
    .extract(part)
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  let sum = 0;
  for (let i = 1; i < info.width; i += 1) sum += Math.abs((data[i] ?? 0) - (data[i - 1] ?? 0));
  return sum / info.width;
}

test('[PH14] [PH10] [PH13] a photo picked, its place agreed to, blurred by finger and by keys, sent, and seen on the other phone', async () => {
  const { id, ada, bo } = await twoPhones();
  const { page } = await site.open({ as: ada, hasTouch: true });
  // The browser tells nobody what a form's files hold; the page itself does.
  await page.addInitScript(() => {
    const whole: typeof fetch = globalThis.fetch.bind(globalThis);
    const uploads: Promise<string>[] = [];
    Object.assign(globalThis, { uploads });
    globalThis.fetch = (input, init) => {
      const file = init?.body instanceof FormData ? init.body.get('photo') : null;
      if (file instanceof Blob)
        uploads.push(file.arrayBuffer().then((bytes) => new TextDecoder('latin1').decode(bytes)));
      return whole(input, init);
    };
  });
  await toPhotos(page, id);
  await pickInput(page).setInputFiles([
    await fileOf('street.jpg', realPhoto('gps-arezzo-DSCN0010.jpg') ?? (await plate())),
    await fileOf('plate.jpg', await plate()),
  ]);
  await page.getByRole('img', { name: 'Photo 2', exact: true }).waitFor();
  const ask = page.getByRole('group', { name: 'Use the place of this photo?' });
  await ask.waitFor();
  await button(page, 'Use its place').click();
  await page.getByText('The pin is where the photo was taken.').waitFor();

  await button(page, 'Blur photo 2').click();
  const canvas = page.getByRole('application', { name: /^The photo\./u });
  await canvas.waitFor();
  const box = await canvas.boundingBox();
  if (!box) throw new Error('the photo has no size');
  // A stroke from the left edge along the upper part.
  await page.mouse.move(box.x + 5, box.y + box.height * 0.2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.45, box.y + box.height * 0.2, { steps: 12 });
  await page.mouse.up();
  await page.getByText('1 place blurred').waitFor();
  await button(page, 'Undo').click();
  await expect.poll(() => page.getByText('place blurred').count()).toBe(0);
  // The same by keys: the frame goes to the upper left corner and grows to the right.
  await canvas.focus();
  for (let i = 0; i < 32; i += 1) {
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowLeft');
  }
  for (let i = 0; i < 6; i += 1) await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Enter');
  await page.getByText('1 place blurred').waitFor();
  await button(page, 'Done').click();
  await page.getByRole('img', { name: 'Photo 2, blurred' }).waitFor();

  await button(page, 'Continue').click();
  await heading(page, 'As your neighbours will see it').waitFor();
  await page.getByRole('img', { name: 'Photo 2, blurred' }).waitFor();
  await button(page, /^Send/u).click();
  await heading(page, 'Road hazard').waitFor();

  const other = (await site.open({ as: bo })).page;
  await other.goto(`/n/${id}`);
  await other
    .getByRole('list', { name: 'Incidents' })
    .getByRole('link', { name: /^Road hazard/u })
    .click();
  const thumbnail = other.getByRole('button', { name: 'Open photo 2 of 2' });
  await thumbnail.click();
  const large = other.getByRole('dialog').getByRole('img', { name: 'Photo 2 of 2 by Ada' });
  await expect.poll(() => large.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(640);
  await other.keyboard.press('ArrowLeft');
  await other.getByRole('dialog').getByRole('img', { name: 'Photo 1 of 2 by Ada' }).waitFor();
  await other.keyboard.press('Escape');
  await expect.poll(() => other.getByRole('dialog').count()).toBe(0);
  await expect.poll(() => thumbnail.evaluate((element) => element === document.activeElement)).toBe(true);

  // What left the device had neither place nor camera, and where it was painted over there is nothing to read.
  const uploads = await page.evaluate(() =>
    Promise.all((globalThis as unknown as { uploads: Promise<string>[] }).uploads),
  );
  expect(uploads).toHaveLength(2);
  for (const body of uploads) {
    expect(body).toContain('JFIF');
    expect(body).not.toMatch(/Exif|GPS|NIKON/u);
  }
  const { incidents } = (await bo.get<IncidentPage>(`/api/neighbourhoods/${id}/incidents`)).body;
  const [incident] = incidents;
  expect(incident?.position.lat).toBeCloseTo(taken.lat, 3);
  expect(incident?.position.lng).toBeCloseTo(taken.lng, 3);
  const address = `${site.server.url}/api/neighbourhoods/${id}/photos/${incident?.photoIds[1]}`;
  const answer = await fetch(address, { headers: { cookie: bo.cookie ?? '' } });
  const stored = Buffer.from(await answer.arrayBuffer());
  expect(await contrast(stored, { left: 4, top: 60, width: 200, height: 1 })).toBeLessThan(12);
  expect(await contrast(stored, { left: 320, top: 400, width: 200, height: 1 })).toBeGreaterThan(40);
});

/** How a HEIC begins; no browser here reads one. */
const heicHead = '\0\0\0\u0018ftypheic\0\0\0\0mif1heic';

test('[PH15] a HEIC that the browser reads becomes a JPEG on the device, as every photo does', async () => {
  const { id, ada } = await twoPhones();
  const { page } = await site.open({ as: ada });
  const inside = Buffer.from(await plate()).toString('base64');
  // As in Safari: bitmaps are not made of it, but a page's image shows it.
  await page.addInitScript((jpeg) => {
    const make = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (of) =>
      of instanceof File && of.name.endsWith('.HEIC') ? `data:image/jpeg;base64,${jpeg}` : make(of);
  }, inside);
  await toPhotos(page, id);
  await pickInput(page).setInputFiles(await fileOf('IMG_2.HEIC', new TextEncoder().encode(heicHead)));
  const kept = page.getByRole('img', { name: 'Photo 1' });
  await expect.poll(() => kept.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(640);
});

test('[PH11] [PH12] without a network photos wait with their alert through a reload, and leave with it, once', async () => {
  const { id, ada } = await twoPhones();
  const { page, context } = await site.open({
    ...asShipped,
    as: ada,
    expected: [/ERR_INTERNET_DISCONNECTED|net::/u],
  });
  await toPhotos(page, id);
  await pickInput(page).setInputFiles([
    await fileOf('plate.jpg', await plate()),
    await fileOf('notes.jpg', new TextEncoder().encode('no picture')),
  ]);
  await page.getByText('This browser cannot read “notes.jpg” as a picture.').waitFor();
  await pickInput(page).setInputFiles(await fileOf('IMG_1.HEIC', new TextEncoder().encode(heicHead)));
  await page.getByText('“IMG_1.HEIC” is a HEIC picture, which this browser cannot read.').waitFor();
  await button(page, 'Use its place').click();
  // A draft keeps its photos over a closed tab.
  await page.getByRole('img', { name: 'Photo 1' }).waitFor();
  await expect.poll(() => button(page, 'Continue').isEnabled()).toBe(true);
  await page.reload();
  await page.getByRole('img', { name: 'Photo 1' }).waitFor();
  await button(page, 'Continue').click();
  await heading(page, 'As your neighbours will see it').waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await context.setOffline(true);
  await button(page, /^Send/u).click();
  await page.getByText('0 of 1 photos sent').waitFor();
  await page.reload();
  await page.getByText('0 of 1 photos sent').waitFor();
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Open photo 1 of 1' }).waitFor();
  const { incidents } = (await ada.get<IncidentPage>(`/api/neighbourhoods/${id}/incidents`)).body;
  expect(incidents.map(({ photoIds }) => photoIds.length)).toEqual([1]);
});

test('[PH12] [PH14] a refused photo does not hold the alert, and one that cannot be had is an icon with a word', async () => {
  const { id, ada } = await twoPhones();
  const { page } = await site.open({ as: ada, expected: [/status of 4\d\d/u] });
  await page.route('**/photos', (route) =>
    route.fulfill({
      status: 422,
      contentType: 'application/problem+json',
      body: JSON.stringify({ type: 'about:blank', title: 'no', status: 422, code: 'INVALID_INPUT' }),
    }),
  );
  await toPhotos(page, id);
  await pickInput(page).setInputFiles(await fileOf('plate.jpg', await plate()));
  await button(page, 'Use its place').click();
  await button(page, 'Continue').click();
  await button(page, /^Send/u).click();
  await page.getByText('One photo could not be sent. The alert goes without it.').waitFor();
  await heading(page, 'Road hazard').waitFor();

  const { id: there, founder } = await street(() => site.phone(), []);
  const photoId = await uploadPhoto(founder, there, png({ width: 80, height: 60 }));
  const { incident } = await founder.report(there, { photoIds: [photoId] });
  const second = await site.open({ as: founder, locale: 'fr-FR', expected: [/status of 4\d\d/u] });
  await second.page.route('**/thumbnail', (route) => route.fulfill({ status: 404 }));
  await second.page.goto(`/n/${there}/incidents/${incident.id}`);
  await second.page.getByRole('button', { name: 'Ouvrir la photo 1 sur 1' }).waitFor();
  await second.page.getByText('Photo indisponible').waitFor();
});
