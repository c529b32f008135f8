import type { Page } from 'playwright-core';
import type { Redis } from '../../server/redis/client.ts';
import type { Shift } from '../../shared/shifts.ts';
import { button, heading } from '../support/browser.ts';
import {
  beganAgo,
  comeAlong,
  lookedFor,
  startPatrol,
  volunteer,
  wantPatrols,
} from '../support/patrol-scene.ts';
import { inside, type Phone } from '../support/phone.ts';

type Evening = {
  id: string;
  founder: Phone;
  memberIds: string[];
  partner: Phone;
  partnerId: string;
  redis: Redis;
};

/** The screens of patrols, as one evening goes: a shift, a round, a neighbour who does not answer, the report. */
export function patrolVisits({
  id,
  founder,
  memberIds,
  partner,
  partnerId,
  redis,
}: Evening): [name: string, go: (page: Page) => Promise<Page>][] {
  const base = `/api/neighbourhoods/${id}`;
  const plan = async (): Promise<Shift> => {
    const startsAt = Math.ceil(Date.now() / 3_600_000) * 3_600_000 + 48 * 3_600_000;
    const meeting = { position: inside, words: 'At the bakery' };
    const times = { startsAt, endsAt: startsAt + 7_200_000 };
    const command = { ...times, meeting, needed: 2, places: 4 };
    return (await founder.must(founder.post<{ shift: Shift }>(`${base}/shifts`, command))).shift;
  };
  let patrolId = '';
  return [
    [
      'patrols, a shift that I may hand over',
      async (page) => {
        await wantPatrols(redis, id, memberIds);
        await volunteer(founder, id, partnerId);
        const shift = await plan();
        const join = `${base}/shifts/${shift.id}/sign-ups`;
        await founder.must(founder.post(join, { kind: 'firm' }));
        await page.goto(`/n/${id}/shifts/${shift.id}`);
        await page.getByText('Offer my place').click();
        await page.getByLabel('To whom').waitFor();
        return page;
      },
    ],
    [
      'patrols, the week',
      async (page) => {
        await page.goto(`/n/${id}/patrols`);
        await page.locator('.shift').first().waitFor();
        return page;
      },
    ],
    [
      'planning every week',
      async (page) => {
        await page.goto(`/n/${id}/patrols/plan`);
        await page.getByRole('radio', { name: 'Every week' }).check();
        await page.getByLabel('Until and with').waitFor();
        return page;
      },
    ],
    [
      'what everybody says of patrols',
      async (page) => {
        await page.goto(`/n/${id}/patrols/agree`);
        await page.locator('.said').first().waitFor();
        return page;
      },
    ],
    [
      'checkpoints',
      async (page) => {
        await founder.must(founder.post(`${base}/checkpoints`, { name: 'The gate', position: inside }));
        await page.goto(`/n/${id}/checkpoints`);
        await page.getByRole('img', { name: 'Code of the checkpoint The gate' }).waitFor();
        return page;
      },
    ],
    [
      'setting out',
      async (page) => {
        const gathers = await startPatrol(partner, id);
        await page.goto(`/n/${id}/patrol`);
        await page.getByLabel('Six digits on their phone').waitFor();
        await button(page, 'Start a patrol').waitFor();
        await partner.must(partner.post(`${base}/patrols/${gathers.id}/leave`));
        return page;
      },
    ],
    [
      'waiting for a partner',
      async (page) => {
        patrolId = (await startPatrol(founder, id)).id;
        await page.getByRole('img', { name: 'Partner code' }).waitFor();
        return page;
      },
    ],
    [
      'on patrol, a check-in that is due',
      async (page) => {
        await beganAgo(redis, id, await comeAlong(founder, partner, id, patrolId), 31);
        await page.getByText(/^It is time/u).waitFor();
        await page.getByText(/^You are visible to/u).waitFor();
        return page;
      },
    ],
    [
      'a neighbour who does not answer',
      async (page) => {
        const snapshot = founder.get<{ patrols: Parameters<typeof lookedFor>[2][] }>(`${base}/snapshot`);
        const patrol = (await founder.must(snapshot)).patrols.find((one) => one.id === patrolId);
        if (patrol === undefined) throw new Error('no round');
        const search = await lookedFor(redis, id, patrol, partnerId);
        await page.goto(`/n/${id}/searches/${search.id}`);
        await button(page, 'I am looking').waitFor();
        return page;
      },
    ],
    [
      'a neighbour who is found',
      async (page) => {
        await button(page, /is safe$/u).click();
        await page.getByText(/is safe\./u).waitFor();
        return page;
      },
    ],
    [
      'the report',
      async (page) => {
        await founder.must(founder.post(`${base}/patrols/${patrolId}/end`));
        await page.goto(`/n/${id}/patrols/${patrolId}`);
        await button(page, 'Send the report').waitFor();
        return page;
      },
    ],
    [
      'patrols in numbers',
      async (page) => {
        await page.getByLabel('For the next patrol').fill('The lamp is out.');
        await button(page, 'Send the report').click();
        await page.getByText(/^Thank you\. The report/u).waitFor();
        await page.goto(`/n/${id}/summary`);
        await heading(page, 'Patrols in numbers').waitFor();
        await page.getByText('The lamp is out.').first().waitFor();
        return page;
      },
    ],
  ];
}
