import type { Page } from 'playwright-core';
import { en } from '../../client/i18n/en.ts';
import { fr } from '../../client/i18n/fr.ts';
import type { Patrol } from '../../shared/patrols.ts';
import type { Locale } from '../../shared/text.ts';
import { beganAgo, comeAlong, lookedFor, startPatrol, volunteer } from '../support/patrol-scene.ts';
import { wayFrom } from './rota.ts';
import type { Scene } from './neighbourhood.ts';
import type { Screen, Visit } from './screens.ts';

const words = { en, fr };
const button = (page: Page, name: string) => page.getByRole('button', { name });
const says = { en: { seen: 'All quiet. The gate of number 9 stood open; we closed it.', next: 'The lamp at number 12 is out.' }, fr: { seen: 'Rien à signaler. Le portail du 9 était ouvert, nous l’avons fermé.', next: 'Le lampadaire du 12 est éteint.' } }; // prettier-ignore
const checkpoints: Record<Locale, string[]> = {
  en: ['School gate', 'Behind the station'],
  fr: ['Portail de l’école', 'Derrière la gare'],
};
/** The round of each scene, as it is by now. */
const rounds = new WeakMap<Scene, Patrol>();
const searches = new WeakMap<Scene, string>();

function roundOf(scene: Scene): Patrol {
  const patrol = rounds.get(scene);
  if (patrol === undefined) throw new Error('no round');
  return patrol;
}

const patrolPage = ({ page, scene }: Visit) => page.goto(`/n/${scene.id}/patrol`);

/** From a place that is handed over and the checkpoints to the month's figures, as one evening goes. */
export const roundScreens: Screen[] = [
  {
    name: 'shift-hand-over',
    go: async ({ page, scene, locale }) => {
      await page.goto(`/n/${scene.id}/shifts/${scene.shiftId}`);
      await page.getByText(words[locale]['handover.offer']).click();
      await page.locator('details[open] select').first().scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'shift-offered',
    go: async ({ page, scene, locale }) => {
      await page.goto(`/n/${scene.id}/shifts/${scene.offeredId}`);
      await button(page, words[locale]['handover.accept']).first().scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'checkpoints',
    go: async ({ page, scene, locale }) => {
      const { me, id, here } = scene;
      for (const name of checkpoints[locale])
        await me.must(me.post(`/api/neighbourhoods/${id}/checkpoints`, { name, position: here }));
      await page.goto(`/n/${id}/checkpoints`);
      await page
        .getByText(checkpoints[locale][1] ?? '')
        .first()
        .waitFor();
    },
  },
  {
    name: 'round-set-out',
    go: async (visit) => {
      await patrolPage(visit);
      await button(visit.page, words[visit.locale]['round.start']).waitFor();
    },
  },
  {
    name: 'round-come-along',
    go: async ({ page, scene, locale }) => {
      const { id, me, other } = scene;
      const mine = await me.must(
        me.get<{ members: { id: string; name: string }[] }>(`/api/neighbourhoods/${id}/snapshot`),
      );
      const marc = mine.members.find(({ name }) => name.startsWith('Marc'));
      await volunteer(me, id, marc?.id ?? '');
      const started = await startPatrol(other, id);
      await page.getByText(words[locale]['round.withCode']).waitFor();
      rounds.set(scene, started);
    },
  },
  {
    name: 'round-waiting',
    go: async (visit) => {
      const { page, scene, locale } = visit;
      await scene.other.must(
        scene.other.post(`/api/neighbourhoods/${scene.id}/patrols/${roundOf(scene).id}/leave`),
      );
      rounds.set(scene, await startPatrol(scene.me, scene.id, { route: wayFrom(scene.here) }));
      await page.getByRole('img', { name: words[locale]['round.code'] }).waitFor();
    },
  },
  {
    name: 'round-on',
    go: async ({ page, scene }) => {
      const { me, other, id } = scene;
      rounds.set(scene, await comeAlong(me, other, id, roundOf(scene).id));
      await page.locator('.round-visible.well').waitFor();
    },
  },
  {
    name: 'round-due',
    go: async ({ page, scene, redis }) => {
      rounds.set(scene, await beganAgo(redis, scene.id, roundOf(scene), 31));
      await page.locator('.check-in--late').waitFor();
    },
  },
  {
    name: 'search',
    go: async ({ page, scene, redis, locale }) => {
      const patrol = roundOf(scene);
      const search = await lookedFor(redis, scene.id, patrol, patrol.walkers[1]?.memberId ?? '');
      searches.set(scene, search.id);
      await page.goto(`/n/${scene.id}/searches/${search.id}`);
      await button(page, words[locale]['search.look']).waitFor();
    },
  },
  {
    name: 'search-on-the-map',
    go: async ({ page, scene }) => {
      await page.goto(`/n/${scene.id}`);
      await page.locator('.searched').first().waitFor();
    },
  },
  {
    name: 'round-over',
    go: async (visit) => {
      const { page, scene, locale } = visit;
      await scene.me.must(
        scene.me.post(`/api/neighbourhoods/${scene.id}/searches/${searches.get(scene)}/end`),
      );
      await patrolPage(visit);
      await button(page, words[locale]['round.end']).click();
      await page.getByRole('dialog').getByRole('button', { name: words[locale]['round.end'] }).click();
      await page.getByRole('link', { name: words[locale]['round.report'] }).waitFor();
      await page.goto(`/n/${scene.id}/patrol`);
      await page.getByRole('link', { name: words[locale]['round.report'] }).waitFor();
    },
  },
  {
    name: 'round-report',
    go: async ({ page, scene, locale }) => {
      await page.goto(`/n/${scene.id}/patrols/${roundOf(scene).id}`);
      await page.getByLabel(words[locale]['report.seen']).fill(says[locale].seen);
      await page.getByLabel(words[locale]['report.handOver']).fill(says[locale].next);
    },
  },
  {
    name: 'summary',
    go: async ({ page, scene, locale }) => {
      await button(page, words[locale]['report.send']).click();
      await page.getByText(words[locale]['report.saved']).waitFor();
      await page.goto(`/n/${scene.id}/summary`);
      await page.getByText(says[locale].next).first().waitFor();
    },
  },
  {
    name: 'rounds-past',
    go: async ({ page, scene, locale }) => {
      await page.goto(`/n/${scene.id}/patrols/past`);
      await page.getByText(says[locale].seen).waitFor();
    },
  },
  {
    name: 'me-kit',
    go: async ({ page, locale }) => {
      await page.goto('/me');
      await page.getByRole('heading', { name: words[locale]['kit.title'] }).scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'me-calendars',
    go: async ({ page, locale }) => {
      await button(page, words[locale]['calendar.make']).first().click();
      await button(page, words[locale]['calendar.copy']).scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'me-blocking',
    go: async ({ page, locale }) => {
      await page.getByText(words[locale]['round.blocking']).first().click();
      await button(page, words[locale]['round.blockSave']).scrollIntoViewIfNeeded();
    },
  },
];
