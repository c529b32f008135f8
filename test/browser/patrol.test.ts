import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectRedis, type Redis } from '../../server/redis/client.ts';
import { coarsePosition } from '../../shared/geo/grid.ts';
import { pino } from 'pino';
import { button, heading, link, type Site, startSite } from '../support/browser.ts';
import { volunteer, wantPatrols } from '../support/patrol-scene.ts';
import { inside, street } from '../support/phone.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let site: Site;
let server: TestRedis;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  const path = server.target.kind === 'socket' ? server.target.path : '';
  redis = await connectRedis({ kind: 'socket', path }, pino({ level: 'silent' }));
  site = await startSite({ REDIS_URL: `unix://${path}` });
});
afterAll(async () => {
  await site.stop();
  await redis.close();
  await server.stop();
});

const at = (metres: number) => ({
  permissions: ['geolocation'],
  geolocation: { latitude: inside.lat + metres / 111_195, longitude: inside.lng, accuracy: 8 },
});

test('[RN14] two phones start a round, see each other and who sees them, note, take an incident, end it; a third sees where it was', async () => {
  const { id, founder, founderMember, neighbours } = await street(() => site.phone(), ['Bo', 'Cy']);
  const [bo, cy] = neighbours;
  if (!bo || !cy) throw new Error('neighbours are missing');
  await volunteer(founder, id, bo.member.id);
  await wantPatrols(redis, id, [founderMember.id, bo.member.id, cy.member.id]);
  await founder.report(id);
  const first = await site.open({ as: bo.phone, hasTouch: true, ...at(0) });
  const second = await site.open({ as: founder, locale: 'fr-FR', ...at(20) });
  const third = await site.open({ as: cy.phone });
  // What residents are told comes five minutes late: here it is put on the third phone's own line.
  await third.page.routeWebSocket(/socket\.io/u, (line) => {
    const up = line.connectToServer();
    up.onMessage((message) => {
      line.send(message);
      if (typeof message !== 'string' || !message.includes('"patrol.joined"')) return;
      const [, patrolId = ''] = /"patrol":\{"id":"([\w-]+)"/u.exec(message) ?? [];
      const position = coarsePosition(inside);
      const positions = [{ patrolId, memberId: bo.member.id, position, at: Date.now() - 300_000 }];
      line.send(
        `42${JSON.stringify(['patrol:positions', { neighbourhoodId: id, exact: false, whole: true, positions }])}`,
      );
    });
    line.onMessage((message) => up.send(message));
  });
  await third.page.goto(`/n/${id}`);
  await third.page.locator('.pin--incident').first().waitFor();

  await first.page.goto(`/n/${id}/patrol`);
  await first.page.getByText('Never confront anybody', { exact: false }).waitFor();
  await button(first.page, 'Start a patrol').tap();
  await heading(first.page, 'Waiting for your partner').waitFor();
  const code = first.page.locator('.round-code');
  await code.waitFor();
  await second.page.goto(`/n/${id}/patrol`);
  await second.page.getByText('Bo attend un partenaire').waitFor();
  await second.page.getByLabel('Six chiffres sur son téléphone').fill(await code.innerText());
  await button(second.page, 'Accompagner').click();

  // Both are on the way, each visible to the other, which is said only once it is so.
  await first.page.getByText('You are visible to: 1 on duty.', { exact: false }).waitFor();
  await second.page.getByText(/visible par\s: 1 personne en service/u).waitFor();
  await expect.poll(() => first.page.locator('.walker--exact').count()).toBe(1);
  await first.page.getByText('With you: Ada').waitFor();
  const sizes = await first.page
    .locator('.round-buttons > *')
    .evaluateAll((all) =>
      all.map((one) => one.getBoundingClientRect()).map(({ width, height }) => [width, height]),
    );
  expect(sizes).toHaveLength(3);
  for (const side of sizes.flat()) expect(side).toBeGreaterThanOrEqual(64);

  // The third sees a square, can put it away, and reads until when there is a patrol.
  await expect.poll(() => third.page.locator('.walker--coarse').count()).toBe(1);
  expect(await third.page.locator('.walker--exact').count()).toBe(0);
  await third.page.getByText(/patrol until/u).waitFor();
  await button(third.page, 'Patrols on the map').click();
  await expect.poll(() => third.page.locator('.walker--coarse').count()).toBe(0);
  await button(third.page, 'Patrols on the map').click();
  await expect.poll(() => third.page.locator('.walker--coarse').count()).toBe(1);

  await button(first.page, 'Note').tap();
  await first.page.getByLabel('What do you see?').fill('A gate stands open.');
  await button(first.page, 'Keep the note').tap();
  await first.page.getByText(/1 note/u).waitFor();
  await first.page.locator('.round-incident').tap();
  await first.page.getByText('I am going').tap();
  await button(first.page, 'I am there').tap();
  await link(first.page, /^You are on patrol/u).tap();

  await button(first.page, 'End the patrol').tap();
  await first.page.getByRole('dialog').getByRole('button', { name: 'End the patrol' }).tap();
  await heading(first.page, 'The patrol is over').waitFor();
  await heading(second.page, 'La ronde est terminée').waitFor();
  await second.page.getByText('Bo y a mis fin.').waitFor();
  await expect.poll(() => third.page.locator('.walker--coarse').count()).toBe(0);
  await link(first.page, 'Write the report').tap();
  await expect
    .poll(() => first.page.getByLabel('What did you see?').inputValue())
    .toContain('A gate stands open.');
});
