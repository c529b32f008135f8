import { beforeAll, expect, test } from 'vitest';
import { heading, link, sharedSite, type Site } from '../support/browser.ts';

let site: Site;

beforeAll(async () => {
  site = await sharedSite();
});

const image = '<img src=x onerror="ran=1">';
const script = '<script>ran=1</script>{{ran=1}}';

test('[BR6] markup, scripts and templates in every field are shown as the text that they are', async () => {
  const founder = site.phone();
  const { neighbourhood } = await founder.found({ name: `Lilas ${image}`, memberName: `Ada ${image}` });
  const { id } = neighbourhood;
  const { code } = await founder.invite(id);
  const reader = site.phone();

  const stranger = await site.open();
  await stranger.page.goto(`/join/${code}`);
  await heading(stranger.page, `Ada ${image} invites you to Lilas ${image}`).waitFor();

  await reader.accept(code, `Bo ${script}`);
  const description = `${image}${script}\n<svg onload=ran=1> javascript:ran=1 &lt;b&gt;`;
  const { incident } = await founder.report(id, { title: `Title ${image}`, description });
  const { body: device } = await reader.post<{ code: string }>('/api/device-links');
  await site.phone().post(`/api/device-links/${device.code}/use`, { deviceName: `Phone ${image}` });

  const { page } = await site.open({ as: reader });
  await page.goto(`/n/${id}`);
  await page.getByRole('list', { name: 'Incidents' }).getByText(`Title ${image}`).waitFor();
  await page.getByRole('button', { name: `Lilas ${image}` }).click();
  await page.getByRole('dialog').getByText(`Lilas ${image}`).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: `Title ${image}` }).waitFor();

  await page.goto(`/n/${id}/incidents/${incident.id}`);
  await heading(page, `Title ${image}`).waitFor();
  await expect.poll(() => page.locator('p.words').innerText()).toBe(description);
  await page.getByText(`Reported by Ada ${image}`).waitFor();
  await expect.poll(() => page.title()).toBe(`Title ${image} · Vigie`);

  await link(page, 'Neighbours').click();
  await page.getByText(`Bo ${script}`).waitFor();
  await page.getByText(`Ada ${image}`).first().waitFor();
  await link(page, 'Me').click();
  await page.getByText(`You are Bo ${script}`).waitFor();
  await page.getByText(`Phone ${image}`).waitFor();

  for (const shown of [page, stranger.page]) {
    expect(await shown.evaluate(() => 'ran' in globalThis)).toBe(false);
    expect(await shown.locator('img[src=x], svg[onload], script:not([src])').count()).toBe(0);
  }
});
