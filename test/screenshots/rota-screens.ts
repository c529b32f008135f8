import { en } from '../../client/i18n/en.ts';
import { fr } from '../../client/i18n/fr.ts';
import type { Screen } from './screens.ts';

const words = { en, fr };

/** The screens of the rota, from the week to the plan of a shift. */
export const rotaScreens: Screen[] = [
  {
    name: 'patrols',
    go: async ({ page, scene }) => {
      await page.goto(`/n/${scene.id}/patrols`);
      await page.locator('.shift').first().waitFor();
    },
  },
  {
    name: 'patrols-list',
    go: async ({ page, scene, locale }) => {
      await page.goto(`/n/${scene.id}/patrols`);
      await page.locator('.shift').first().waitFor();
      await page.getByRole('radio', { name: words[locale]['rota.list'] }).check();
      await page.locator('.shifts').last().scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'patrols-off',
    go: async ({ page, scene }) => {
      await page.goto(`/n/${scene.emptyId}/patrols`);
      await page.locator('.box').waitFor();
    },
  },
  {
    name: 'patrols-agree',
    go: async ({ page, scene }) => {
      await page.goto(`/n/${scene.id}/patrols/agree`);
      await page.locator('.said').first().waitFor();
    },
  },
  {
    name: 'shift',
    go: async ({ page, scene }) => {
      await page.goto(`/n/${scene.id}/shifts/${scene.shiftId}`);
      await page.locator('.shift__when').waitFor();
    },
  },
  {
    name: 'shift-plan',
    go: async ({ page, scene }) => {
      await page.goto(`/n/${scene.id}/patrols/plan`);
      await page.locator('.fields').first().waitFor();
    },
  },
  {
    name: 'shift-plan-way',
    go: async ({ page, locale }) => {
      await page.getByText(words[locale]['plan.way']).click();
      const map = page.locator('.drawing__map');
      await map.locator('.ground, canvas, .map__canvas').first().waitFor();
      for (const [x, y] of [
        [90, 60],
        [200, 90],
        [260, 160],
      ] as const)
        await map.click({ position: { x, y } });
      await page.locator('.drawing').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'shift-plan-weekly',
    go: async ({ page, scene, locale }) => {
      await page.goto(`/n/${scene.id}/patrols/plan`);
      await page.getByRole('radio', { name: words[locale]['plan.weekly'] }).check();
      await page.getByLabel(words[locale]['plan.until']).waitFor();
    },
  },
];
