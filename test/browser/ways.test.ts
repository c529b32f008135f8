import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Ways } from '../../shared/ways.ts';
import { button, heading, link, type Site, startSite } from '../support/browser.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';

let site: Site;
let mail: MailServer;
beforeAll(async () => {
  mail = await startMailServer();
  site = await startSite({
    SMTP_URL: mail.url,
    SMTP_FROM: 'watch@vigie.test',
    PUBLIC_URL: 'http://127.0.0.1:9',
  });
});
afterAll(async () => {
  await site.stop();
  await mail.close();
});

test('[WY15] [WY16] [PL2] on an iPhone its own steps come first; an address is added, verified, told, and stopped from a mail', async () => {
  const founder = site.phone();
  const { neighbourhood } = await founder.found();
  const bo = site.phone();
  await bo.accept((await founder.invite(neighbourhood.id)).code, 'Bo');
  const { page } = await site.open({
    as: bo,
    // Chromium writes a line for the code that is not right.
    expected: [/422 .*verification/u],
    userAgent:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile/15E148 Safari/604.1',
  });
  await page.goto('/me');
  await link(page, 'Which devices get alerts, and how').click();
  await heading(page, 'Does this phone get alerts?').waitFor();
  await page.getByRole('heading', { level: 2 }).first().waitFor();
  expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual([
    expect.stringMatching(/^iPhone or iPad\s+this device$/u),
    ...['Android phone or tablet', 'Firefox on Android', 'Computer', 'No smartphone'],
  ]);
  expect(await page.locator('.steps__step').count()).toBe(4);

  await link(page, 'Other ways of being told').click();
  await page.getByLabel('E-mail address').fill('bo@example.org');
  await button(page, 'Send a code there').click();
  await page.getByLabel('Code').waitFor();
  const code = /\d{6}/u.exec(mail.mails[0]?.headers.get('subject') ?? '')?.[0] ?? '';
  await page.getByLabel('Code').fill(code === '000000' ? '000001' : '000000');
  await button(page, 'This is the code').click();
  await page.getByText('This code is not right.').waitFor();
  await page.getByLabel('Code').fill(code);
  await button(page, 'This is the code').click();
  await page.getByText('Nothing was sent there yet.').waitFor();
  await founder.report(neighbourhood.id, { category: 'fire', severity: 'severe' });
  await mail.waitFor((mails) => mails.length === 2);
  expect(mail.mails[1]?.headers.get('subject')).toContain('Fire or smoke · Rue des Lilas');
  const choice = page.getByRole('group', { name: 'What it says of an alert' });
  await choice.getByRole('radio', { name: 'Its kind' }).press('ArrowLeft');
  const chosen = async () => (await bo.must(bo.get<Ways>('/api/ways'))).ways[0]?.lockScreen;
  await expect.poll(chosen).toBe('nothing');
  expect(await choice.getByRole('radio', { name: 'Only that there is an alert' }).isChecked()).toBe(true);
  await page.reload();
  await choice.getByRole('radio', { name: 'Only that there is an alert', checked: true }).waitFor();
  await founder.report(neighbourhood.id, { category: 'fire', severity: 'severe' });
  await mail.waitFor((mails) => mails.length === 3);
  expect(mail.mails[2]?.headers.get('subject')).toContain('New alert · Rue des Lilas');
  await button(page, 'Send a test').click();
  await page.getByText('The test was taken. Look whether it came.').waitFor();

  const path = /\/stop\/[\w.-]+/u.exec(mail.mails[1]?.text ?? '')?.[0] ?? '';
  const stranger = (await site.open()).page;
  await stranger.goto(path);
  await button(stranger, 'Stop them').click();
  await heading(stranger, 'Nothing more will come to this address.').waitFor();
  await page.reload();
  await page.getByText('ended', { exact: true }).waitFor();
  await button(page, 'Remove bo@example.org').click();
  await button(page, 'Remove').click();
  await page.getByText('None yet.').waitFor();
});
