import type { Page } from 'playwright-core';
import type { Redis } from '../../server/redis/client.ts';
import type { Reported } from '../../shared/incidents.ts';
import { button, heading, link, type Site } from '../support/browser.ts';
import { inside, type Phone, street } from '../support/phone.ts';
import { png, uploadPhoto } from '../support/photos.ts';
import { preferenceVisits } from './preference-visits.ts';
import { patrolVisits } from './patrol-visits.ts';

/** A street where everything that a screen shows is there. */
type World = {
  id: string;
  founder: Phone;
  incidentId: string;
  /** Somebody else's, with a photo, confirmed and disputed, with a neighbour on the scene. */
  livingId: string;
  /** Somebody else's that has ended. */
  endedId: string;
  /** Somebody else's that is hidden while neighbours review it. */
  flaggedId: string;
  /** Somebody else's SOS. */
  sosId: string;
  founderId: string;
  /** Bo, who walks with them. */
  partner: Phone;
  partnerId: string;
  memberIds: string[];
  redis: Redis;
};

export async function createWorld(site: Site, redis: Redis): Promise<World> {
  const at = await street(() => site.phone(), ['Bo', 'Céleste', 'Di']);
  const { id, founder } = at;
  const [bo, celeste, di] = at.neighbours.map(({ phone }) => phone);
  if (bo === undefined || celeste === undefined || di === undefined) throw new Error('nobody lives here');
  const kinds = [
    { category: 'noise', severity: 'minor' },
    { category: 'theft', severity: 'moderate', title: 'Two bicycles' },
    { category: 'fire', severity: 'extreme' },
    { category: 'break-in', severity: 'severe' },
  ];
  let incidentId = '';
  for (const [index, kind] of kinds.entries()) {
    const position = { lat: inside.lat + index * 0.0008, lng: inside.lng };
    incidentId = (await founder.report(id, { ...kind, position })).incident.id;
  }
  const path = `/api/neighbourhoods/${id}/incidents`;
  const photoIds = [await uploadPhoto(bo, id)];
  const answers = { done: ['tried-doors', 'followed'], top: 'Grey hood', height: 'middle' };
  const livingId = (await bo.report(id, { photoIds, answers, coarse: true })).incident.id;
  await celeste.must(celeste.post(`${path}/${livingId}/responses`, { kind: 'on-scene' }));
  await celeste.must(celeste.post(`${path}/${livingId}/confirmations`, { kind: 'confirm' }));
  await di.must(di.post(`${path}/${livingId}/confirmations`, { kind: 'dispute' }));
  await di.must(di.post(`${path}/${livingId}/responses`, { kind: 'en-route', etaMinutes: 10 }));
  const endedId = (await bo.report(id, { category: 'damage', severity: 'severe', title: 'The lamp' }))
    .incident.id;
  const reason = 'It is mended.';
  await bo.must(bo.post(`${path}/${endedId}/resolution`, { kind: 'resolved', reason }));
  const seen = { kind: 'observation', text: 'They ran towards the school.' };
  await celeste.must(celeste.post(`${path}/${livingId}/updates`, seen));
  const flaggedId = (await bo.report(id, { category: 'other', answers: {} })).incident.id;
  for (const phone of [celeste, founder])
    await phone.must(phone.post(`${path}/${flaggedId}/flags`, { agreement: 'private' }));
  const sosId = (await bo.must(bo.post<Reported>(`/api/neighbourhoods/${id}/sos`))).incident.id;
  await founder.must(founder.post(`/api/neighbourhoods/${id}/pairings`, { name: 'Mme Durand' }));
  const founderId = at.founderMember.id;
  const partnerId = at.neighbours[0]?.member.id ?? '';
  const ids = { id, founderId, partnerId, incidentId, livingId, endedId, flaggedId, sosId };
  const memberIds = [founderId, ...at.neighbours.map(({ member }) => member.id)];
  return { ...ids, memberIds, founder, partner: bo, redis };
}

export type Visit = [name: string, go: (page: Page, signedOut: Page) => Promise<Page>];

async function shown(page: Page, path: string, name: string): Promise<Page> {
  await page.goto(path);
  await heading(page, name).waitFor();
  return page;
}

/** Every screen, reached as a person would reach it. */
export const visitsOf = (world: World): Visit[] => {
  const { id, founder, incidentId, livingId, endedId, flaggedId, sosId } = world;
  return [
    [
      'welcome',
      async (_, page) => {
        await page.goto('/');
        await button(page, 'I have a link').click();
        await page.getByLabel('Link', { exact: true }).waitFor();
        return page;
      },
    ],
    [
      'founding',
      async (_, page) => {
        await page.goto('/found');
        await page.getByRole('region', { name: 'Map' }).click({ position: { x: 100, y: 60 } });
        await button(page, 'Start over').waitFor();
        await button(page, 'Create the neighbourhood').click();
        await page.getByText('Please fill this in.').first().waitFor();
        return page;
      },
    ],
    [
      'joining',
      async (_, page) => {
        await page.goto(`/join/${(await founder.invite(id)).code}`);
        await heading(page, 'Ada invites you to Rue des Lilas').waitFor();
        return page;
      },
    ],
    [
      'linking',
      async (_, page) => {
        await page.goto('/link/not-a-code');
        await heading(page, 'Link this device').waitFor();
        return page;
      },
    ],
    [
      'map and list',
      async (page) => {
        await page.goto(`/n/${id}`);
        await button(page, /^Severe: Break-in|incidents/u)
          .first()
          .waitFor();
        await page.getByRole('list', { name: 'Incidents' }).getByRole('link').first().waitFor();
        return page;
      },
    ],
    [
      'an incident',
      async (page) => {
        await page.goto(`/n/${id}/incidents/${incidentId}`);
        await heading(page, 'Break-in').waitFor();
        await page.getByText(/^Sent/u).waitFor();
        return page;
      },
    ],
    [
      'an incident that others are at, and my part in it',
      async (page) => {
        await page.goto(`/n/${id}/incidents/${livingId}`);
        await button(page, 'I am going').click();
        await page.getByRole('group', { name: 'When will you be there?' }).waitFor();
        await page.getByText('Tried doors, gates or cars').waitFor();
        await page.locator('main img').first().waitFor({ state: 'attached' });
        return page;
      },
    ],
    [
      'handing over',
      async (page) => {
        await button(page, 'Hand over').click();
        await heading(page, 'Hand over').waitFor();
        return page;
      },
    ],
    [
      'merging',
      async (page) => {
        await button(page, 'Close').last().click();
        await button(page, 'This is the same as…').click();
        await heading(page, 'The same as which one?').waitFor();
        return page;
      },
    ],
    [
      'closing',
      async (page) => {
        await button(page, 'Close').last().click();
        await button(page, 'Close this incident').click();
        await heading(page, 'How did it end?').waitFor();
        return page;
      },
    ],
    [
      'flagging what somebody wrote',
      async (page) => {
        await button(page, 'Close').last().click();
        await page.getByText('They ran towards the school.').waitFor();
        await button(page, 'Flag what Céleste wrote').click();
        await heading(page, 'What is wrong with it?').waitFor();
        return page;
      },
    ],
    [
      'under review',
      async (page) => {
        await page.goto(`/n/${id}/incidents/${flaggedId}`);
        await page.getByText('Hidden while neighbours review it').first().waitFor();
        return page;
      },
    ],
    [
      'decisions of neighbours',
      async (page) => {
        await page.goto(`/n/${id}/decisions`);
        await page.getByText(/^A jury decides until/u).waitFor();
        return page;
      },
    ],
    [
      'the SOS of a neighbour',
      async (page) => {
        await page.goto(`/n/${id}/incidents/${sosId}`);
        await heading(page, 'SOS: Bo').waitFor();
        return page;
      },
    ],
    ...preferenceVisits(id),
    [
      'a way home',
      async (page) => {
        await page.goto(`/n/${id}/walk`);
        await button(page, 'I am leaving now').waitFor();
        return page;
      },
    ],
    [
      'on the way home',
      async (page) => {
        await button(page, 'I am leaving now').click();
        await page
          .getByText(/^Check in by/u)
          .first()
          .waitFor();
        return page;
      },
    ],
    [
      'home',
      async (page) => {
        await button(page, 'I am home').click();
        await page.getByText('You said that you are home.').waitFor();
        return page;
      },
    ],
    [
      'my SOS',
      async (page) => {
        await founder.must(founder.post(`/api/neighbourhoods/${id}/sos`));
        await page.goto(`/n/${id}/sos`);
        await heading(page, 'Your neighbours are called').waitFor();
        return page;
      },
    ],
    [
      'my SOS that is over',
      async (page) => {
        await button(page, 'End the SOS').click();
        await heading(page, 'No SOS runs').waitFor();
        return page;
      },
    ],
    [
      'how it ended',
      async (page) => {
        await page.goto(`/n/${id}/incidents/${endedId}`);
        await page.getByText('It is mended.').waitFor();
        return page;
      },
    ],
    [
      'opening again',
      async (page) => {
        await button(page, 'Open again').click();
        await heading(page, 'Open this again?').waitFor();
        return page;
      },
    ],
    [
      'alert, what',
      async (page) => {
        await page.goto(`/n/${id}/alert`);
        await page.getByText('Your position is known.').waitFor();
        return page;
      },
    ],
    [
      'alert, call first',
      async (page) => {
        await button(page, 'Medical').click();
        await heading(page, 'Call first').waitFor();
        return page;
      },
    ],
    [
      'alert, held words',
      async (page) => {
        await page.goto(`/n/${id}/alert`);
        await button(page, 'Something suspicious').click();
        await page.getByRole('checkbox', { name: 'Followed somebody' }).click();
        await page.getByText('What did somebody look like').click();
        await page.getByLabel('A few words (optional)').fill('Two Romanians');
        await button(page, 'Continue').click();
        await heading(page, 'Please say what was done').waitFor();
        return page;
      },
    ],
    [
      'alert, preview',
      async (page) => {
        await page.goto(`/n/${id}/alert`);
        await button(page, 'Medical').click();
        await button(page, 'I have called').click();
        await button(page, /^Send/u).waitFor();
        return page;
      },
    ],
    [
      'alert, where',
      async (page) => {
        await link(page, 'Change place or words').click();
        await page.locator('.frame .map__canvas[data-ground]').waitFor();
        return page;
      },
    ],
    [
      'alert, questions and a person',
      async (page) => {
        await page.goto(`/n/${id}/alert?step=what`);
        await button(page, 'Something suspicious').click();
        await page.getByRole('checkbox', { name: 'Followed somebody' }).check();
        await page.getByText('What did somebody look like').click();
        await page.getByLabel('Clothes, top (optional)').waitFor();
        await page.locator('input[type=file][multiple]').setInputFiles({
          name: 'street.png',
          mimeType: 'image/png',
          buffer: Buffer.from(png({ width: 640, height: 480 })),
        });
        await page.getByRole('img', { name: 'Photo 1', exact: true }).waitFor();
        return page;
      },
    ],
    [
      'blurring a photo',
      async (page) => {
        await button(page, 'Blur photo 1').click();
        await page.getByRole('application', { name: /^The photo\./u }).waitFor();
        return page;
      },
    ],
    [
      'alert, told already',
      async (page) => {
        await page.goto(`/n/${id}/alert?step=what`);
        await button(page, 'Noise').click();
        await page.getByLabel('A few words (optional)').fill('Loud music');
        await button(page, 'Continue').click();
        await heading(page, 'Has it been told already?').waitFor();
        return page;
      },
    ],
    ...patrolVisits(world),
    [
      'neighbours with an invite',
      async (page) => {
        await page.goto(`/n/${id}/neighbours`);
        await button(page, 'Make a link').click();
        await page.getByRole('img', { name: 'QR code of the invite link' }).waitFor();
        await page.getByText('Links that still work').click();
        return page;
      },
    ],
    [
      'me with a device link',
      async (page) => {
        await page.goto('/me');
        await page.getByText('Who never sees me on patrol').click();
        await button(page, 'Make a link').first().click();
        await button(page, 'Copy the link').waitFor();
        await button(page, 'Link another device').click();
        await page.getByRole('img', { name: 'QR code that links another device' }).waitFor();
        return page;
      },
    ],
    ['which devices get alerts', (page) => shown(page, '/me/phone', 'No smartphone')],
    ['other ways of being told', (page) => shown(page, '/me/ways', 'Add a way')],
    ['neighbours without a phone', (page) => shown(page, `/n/${id}/pairings`, 'Mme Durand')],
    [
      'a question',
      async (page) => {
        await page.goto('/me');
        await button(page, 'Sign out').click();
        await page.getByRole('dialog').waitFor();
        return page;
      },
    ],
    [
      'nothing here',
      async (page) => {
        await page.goto('/nowhere');
        await page.getByText('There is nothing at this address.').waitFor();
        return page;
      },
    ],
  ];
};
