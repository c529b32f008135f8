import { button } from '../support/browser.ts';
import type { Visit } from './visits.ts';

/** What a member is told of, where and when. */
export const preferenceVisits = (id: string): Visit[] => [
  [
    'what I am told of',
    async (page) => {
      await page.goto(`/n/${id}/notifications`);
      await page.getByRole('radio', { name: /^Near me/u }).check();
      await page.getByText('You have no places yet').waitFor();
      return page;
    },
  ],
  [
    'a place that matters to me',
    async (page) => {
      await button(page, 'Add a place').click();
      await page.getByText('Tap the middle of the place.').waitFor();
      return page;
    },
  ],
  [
    'what did not disturb me',
    async (page) => {
      await page.goto(`/n/${id}/digest`);
      await page.getByText('Nothing was held back.').waitFor();
      return page;
    },
  ],
];
