import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fr } from '../../client/i18n/fr.ts';
import type { Redis } from '../../server/redis/client.ts';
import { coarsePosition } from '../../shared/geo/grid.ts';
import type { Patrol } from '../../shared/patrols.ts';
import type { Snapshot } from '../../shared/protocol.ts';
import type { Shift } from '../../shared/shifts.ts';
import { asShipped, button, heading, link, type Screen, type Site, startSite } from '../support/browser.ts';
import { standingAt } from '../support/chromium.ts';
import {
  beganAgo,
  comeAlong,
  lookedFor,
  startPatrol,
  volunteer,
  wantPatrols,
} from '../support/patrol-scene.ts';
import { inside, type Phone, street } from '../support/phone.ts';
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

const at = (metres: number) => standingAt({ lat: inside.lat + metres / 111_195, lng: inside.lng });
const day = 24 * 3600 * 1000;

/** What residents are told comes five minutes late: here it is put on this phone's own line as soon as a round runs. */
async function tellCell({ page }: Screen, memberId: string): Promise<void> {
  await page.routeWebSocket(/socket\.io/u, (line) => {
    const up = line.connectToServer();
    up.onMessage((message) => {
      line.send(message);
      if (typeof message !== 'string' || !message.includes('"patrol.joined"')) return;
      const [, neighbourhoodId = ''] = /"neighbourhoodId":"([\w-]+)"/u.exec(message) ?? [];
      const [, patrolId = ''] = /"patrol":\{"id":"([\w-]+)"/u.exec(message) ?? [];
      const positions = [{ patrolId, memberId, position: coarsePosition(inside), at: Date.now() - 300_000 }];
      const frame = { neighbourhoodId, exact: false, whole: true, positions };
      line.send(`42${JSON.stringify(['patrol:positions', frame])}`);
    });
    line.onMessage((message) => up.send(message));
  });
}

async function roundOf(phone: Phone, id: string): Promise<Patrol> {
  const { patrols } = await phone.must(phone.get<Snapshot>(`/api/neighbourhoods/${id}/snapshot`));
  const patrol = patrols.find(({ state }) => state === 'running');
  if (patrol === undefined) throw new Error('no round');
  return patrol;
}

/** Bo volunteers, Ada coordinates and reads French, Cy only lives there. */
async function scene() {
  const { id, founder, founderMember, neighbours } = await street(() => site.phone(), ['Bo', 'Cy', 'Di']);
  const [bo, cy, di] = neighbours;
  if (!bo || !cy || !di) throw new Error('neighbours are missing');
  await volunteer(founder, id, bo.member.id);
  return { id, ada: { phone: founder, member: founderMember }, bo, cy, di };
}

const dialogButton = (page: Page, name: string) => page.getByRole('dialog').getByRole('button', { name });

test('[EV6] [RO19] [RN14] [HS13] one evening on two phones: planned, joined, swapped; set out by a tap on both, an incident on the way, a neighbour who does not answer, the report', async () => {
  const { id, ada, bo, cy } = await scene();
  const path = `/n/${id}`;
  for (const { phone } of [ada, cy])
    await phone.must(phone.send('PUT', `/api/neighbourhoods/${id}/patrol-word`, { word: 'agree' }));
  const phones = await Promise.all([
    site.open({ ...asShipped, as: bo.phone, hasTouch: true, timezoneId: 'UTC', ...at(0) }),
    site.open({ ...asShipped, as: ada.phone, locale: 'fr-FR', timezoneId: 'UTC', ...at(20) }),
    site.open({ as: cy.phone }),
  ]);
  const [first, second, third] = phones.map(({ page }) => page) as [Page, Page, Page];

  // Two who want patrols are not enough; the third is, and both phones see it.
  await second.goto(`${path}/patrols`);
  await heading(second, fr['patrols.off']).waitFor();
  await first.goto(`${path}/patrols`);
  await link(first, 'What do you say?').tap();
  await first.getByText('Observe, record, report. Never confront.').waitFor();
  await first.getByText(/is not known here\. Ask your town hall/u).waitFor();
  await first.getByRole('radio', { name: 'I agree, by this rule' }).check();
  await first.getByText('3 agree', { exact: true }).waitFor();

  // Ada plans a shift; on the other she is down already.
  await link(second, fr['rota.plan']).click();
  const save = button(second, fr['plan.save']);
  await save.waitFor();
  expect(await save.isDisabled()).toBe(true);
  await second.locator('#plan').getByRole('button', { name: 'Ma position' }).click();
  await second.getByLabel(fr['plan.words']).fill('Devant la boulangerie');
  await expect.poll(() => save.isEnabled()).toBe(true);
  await save.click();
  await second.getByText('Devant la boulangerie').waitFor();
  const startsAt = Math.ceil(Date.now() / day) * day + 3 * day;
  const meeting = { position: inside, words: 'At the school' };
  const plan = { startsAt, endsAt: startsAt + 7_200_000, meeting, needed: 2, places: 4 };
  const base = `/api/neighbourhoods/${id}/shifts`;
  const { shift: school } = await ada.phone.must(ada.phone.post<{ shift: Shift }>(base, plan));
  await ada.phone.must(ada.phone.post(`${base}/${school.id}/sign-ups`));

  // Bo joins with one tap, seen at once on the page of the one who planned it, and swaps with her.
  await link(first, 'Back').tap();
  await first.getByRole('radio', { name: 'List' }).check();
  const bakery = first.locator('.shift').filter({ hasText: 'Devant la boulangerie' });
  await bakery.getByText('2 more needed').waitFor();
  await bakery.getByRole('button', { name: /^Join: / }).tap();
  await bakery.first().getByText('You are coming').waitFor();
  await heading(first, 'My shifts').waitFor();
  await second.getByText('Bo (débute)', { exact: true }).waitFor();
  await second.getByText(/^Il manque/u).waitFor();
  await bakery.first().getByRole('link').tap();
  await first.getByText('Offer my place').tap();
  await first.getByLabel('To whom').selectOption('Ada');
  await first.getByLabel('For their place on').selectOption({ index: 1 });
  await button(first, 'Offer it').tap();
  await first.getByText(/^You offer your place to Ada, for theirs on/u).waitFor();
  await button(second, fr['handover.accept']).click();
  await second.getByText('Vous', { exact: true }).waitFor();
  await button(first, 'I am coming').waitFor();
  await first.goto(`${path}/shifts/${school.id}`);
  await first.getByText('You (new)', { exact: true }).waitFor();
  await button(first, 'Take my sign-up back').tap();
  await dialogButton(first, 'Take my sign-up back').tap();
  await first.getByText('Nobody yet').waitFor();

  // The evening has come. A tap on both phones, and the round runs.
  await ada.phone.report(id);
  await tellCell({ ...phones[2], page: third }, bo.member.id);
  await third.goto(path);
  await third.locator('.pin--incident').first().waitFor();
  await first.goto(`${path}/patrol`);
  await first.getByText('Observe, record, report. Never confront.').waitFor();
  await button(first, 'Start a patrol').tap();
  await heading(first, 'Waiting for your partner').waitFor();
  await second.goto(`${path}/patrol`);
  await heading(second, 'Bo attend un partenaire').waitFor();
  await button(second, fr['round.ask']).click();
  await first.getByText('Ada says that they stand beside you.').waitFor();
  await button(first, 'Yes, they are here').tap();

  // Each is visible to the other, which is said only once it is so.
  await first.getByText('You are visible to: 1 on duty.', { exact: false }).waitFor();
  await second.getByText(/visible par\s: 1 personne en service/u).waitFor();
  await first.getByText('With you: Ada').waitFor();
  const sizes = await first
    .locator('.round-buttons > *')
    .evaluateAll((all) =>
      all.map((one) => one.getBoundingClientRect()).map(({ width, height }) => [width, height]),
    );
  expect(sizes).toHaveLength(3);
  for (const side of sizes.flat()) expect(side).toBeGreaterThanOrEqual(64);
  await first.getByText('30 min', { exact: true }).waitFor();

  // The third sees a square and no more, can put it away, and reads until when there is a patrol.
  const cells = () => third.locator('.walker--coarse').count();
  await expect.poll(cells).toBe(1);
  expect(await third.locator('.walker--exact').count()).toBe(0);
  await third.getByText(/patrol until/u).waitFor();
  await button(third, 'Patrols on the map').click();
  await expect.poll(cells).toBe(0);
  await button(third, 'Patrols on the map').click();
  await expect.poll(cells).toBe(1);

  await button(first, 'Note').tap();
  await first.getByLabel('What do you see?').fill('A gate stands open.');
  await button(first, 'Keep the note').tap();
  await first.getByText(/1 note/u).waitFor();
  await first.locator('.round-incident').tap();
  await button(first, 'I am going').first().tap();
  await button(first, 'I am there').tap();
  await first.getByText('You are on the scene.').waitFor();
  await button(first, 'I cannot go on').tap();
  await first.getByText('You have stood down.').waitFor();
  await link(first, /^You are on patrol/u).tap();

  // Half an hour later it is time to say that one is well; Ada does not, nor is she found by those who were asked.
  const patrol = await beganAgo(redis, id, await roundOf(bo.phone, id), 31);
  await first.getByText(/^It is time/u).waitFor();
  const fine = button(first, 'I am fine');
  expect((await fine.boundingBox())?.height).toBeGreaterThanOrEqual(64);
  await fine.focus();
  await first.keyboard.press('Enter');
  await first.getByText(/^Say that you are all right by/u).waitFor();
  await lookedFor(redis, id, patrol, ada.member.id);
  await second
    .getByText(/^Vos voisins vous cherchent\./u)
    .first()
    .waitFor();
  const alert = third.getByRole('alert').filter({ hasText: 'Ada is on patrol and does not answer.' });
  await alert.getByRole('link', { name: /^Call /u }).waitFor();
  await alert.getByRole('link', { name: 'What to do' }).click();
  await heading(third, 'Ada does not answer').waitFor();
  const [call] = await third.locator('.page__content a, .page__content button').all();
  expect(await call?.getAttribute('href')).toMatch(/^tel:/u);
  await button(third, 'I am looking').click();
  await third.getByText(/^You look for them\./u).waitFor();
  await first.getByRole('alert').getByRole('link', { name: 'What to do' }).tap();
  await first.getByText('Cy looks for them.').waitFor();
  await button(first, 'Ada is safe').tap();
  await first.getByText(/^Ada is safe\./u).waitFor();
  await third.getByText(/^Ada is safe\./u).waitFor();
  await expect.poll(() => third.locator('.searched').count()).toBe(0);

  // The end, the report with what was noted, and what the next ones and everybody read.
  await link(first, /^You are on patrol/u).tap();
  await button(first, 'End the patrol').tap();
  await dialogButton(first, 'End the patrol').tap();
  await heading(first, 'The patrol is over').waitFor();
  await heading(second, fr['round.over']).waitFor();
  await second.getByText('Bo y a mis fin.').waitFor();
  await link(first, 'Write the report').tap();
  await first.getByText('Walked together: 1:02 h.').waitFor();
  const seen = first.getByLabel('What did you see?');
  await expect.poll(() => seen.inputValue()).toContain('A gate stands open.');
  await first.getByLabel('For the next patrol').fill('The lamp at 12 is out.');
  await button(first, 'Send the report').tap();
  await first.getByText('Thank you. The report is there for all to read.').waitFor();
  await button(second, fr['round.start']).click();
  await second.getByText('The lamp at 12 is out.').waitFor();
  await link(third, 'Map').click();
  await expect.poll(cells).toBe(0);
  await third.goto(`${path}/neighbours`);
  await link(third, 'Patrols in numbers').click();
  await third.getByText('The lamp at 12 is out.').waitFor();
  await third.getByText('1 patrol, 1:02 h').first().waitFor();
  await third.getByText('Quiet.').first().waitFor();
});

test('[EV7] [EV8] who is not to see a walker sees them no more; “we need help” is one tap; codes print on all the pages that they need', async () => {
  const { id, ada, bo, cy, di } = await scene();
  const path = `/n/${id}`;
  await volunteer(ada.phone, id, cy.member.id);
  await wantPatrols(
    redis,
    id,
    [ada, bo, cy, di].map(({ member }) => member.id),
  );
  // Cy and Di walk a round of their own: on duty they see where others are.
  const other = await startPatrol(cy.phone, id);
  await comeAlong(cy.phone, di.phone, id, other.id);
  const [mine, partner, theirs] = await Promise.all([
    site.open({ as: bo.phone, hasTouch: true, ...at(0) }),
    site.open({ as: ada.phone, locale: 'fr-FR', colorScheme: 'dark', ...at(20) }),
    site.open({ as: cy.phone }),
  ]);
  // Ada places the last of seven checkpoints where she stands, and prints them.
  for (const name of ['La gare', 'Le pont', 'Le parc', 'La place', 'Le lavoir', 'Le portail'])
    await ada.phone.must(ada.phone.post(`/api/neighbourhoods/${id}/checkpoints`, { name, position: inside }));
  await partner.page.goto(`${path}/checkpoints`);
  await heading(partner.page, 'La gare').waitFor();
  await partner.page.getByLabel(fr['checkpoints.name']).fill('Le puits');
  await button(partner.page, fr['checkpoints.here']).click();
  await heading(partner.page, 'Le puits').waitFor();
  await partner.page.emulateMedia({ media: 'print' });
  await expect.poll(() => link(partner.page, fr['nav.me']).count()).toBe(0);
  expect(await button(partner.page, fr['checkpoints.here']).count()).toBe(0);
  const pdf = await partner.page.pdf({ format: 'A5' });
  expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/gu)?.length).toBeGreaterThan(1);
  const ink = await heading(partner.page, 'Le puits').evaluate((node) => getComputedStyle(node).color);
  const [red = 255, green = 255, blue = 255] = (ink.match(/[\d.]+/gu) ?? []).map(Number);
  expect(red + green + blue).toBeLessThan(200);
  await partner.page.emulateMedia({ media: 'screen' });

  const started = await startPatrol(bo.phone, id);
  await partner.page.goto(`${path}/patrol`);
  const code = await bo.phone.must(
    bo.phone.get<{ code: string }>(`/api/neighbourhoods/${id}/patrols/${started.id}/code`),
  );
  await partner.page.getByLabel(fr['round.withCode']).fill(code.code);
  await button(partner.page, fr['round.join']).click();
  await mine.page.goto(`${path}/patrol`);
  await mine.page.getByText('You are visible to: 3 on duty.', { exact: false }).waitFor();
  await theirs.page.goto(path);
  const exact = () => theirs.page.locator('.walker--exact').count();
  await expect.poll(exact).toBe(2);

  // Bo blocks Cy: gone from their map, and so is Ada beside him; Cy is told nothing.
  await link(mine.page, 'Me').tap();
  await mine.page.getByText('Who never sees me on patrol').tap();
  await mine.page.getByRole('checkbox', { name: 'Cy', exact: true }).check();
  await button(mine.page, 'Save').tap();
  await mine.page.getByText('Saved.').waitFor();
  await expect.poll(exact).toBe(0);

  await mine.page.goto(`${path}/patrol`);
  await button(mine.page, /We need help$/u).tap();
  await mine.page.getByText(/^Your neighbours are called in \d/u).waitFor();
  await mine.page.locator('dialog a[href^="tel:"]').first().waitFor();
  await heading(mine.page, 'Your neighbours are called').waitFor();
  await theirs.page
    .getByText(/^Extreme · /u)
    .first()
    .waitFor();
});
