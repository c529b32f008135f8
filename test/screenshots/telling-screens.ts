import { en } from '../../client/i18n/en.ts';
import { fr } from '../../client/i18n/fr.ts';
import type { Screen, Visit } from './screens.ts';

const words = { en, fr };
/** Goes to a page of its own, and waits for its title. */
const at =
  (path: (visit: Visit) => string): Screen['go'] =>
  async (visit) => {
    await visit.page.goto(path(visit));
    await visit.page.locator('.page h1').waitFor();
  };
const inside = (path: string) => at(({ scene }) => `/n/${scene.id}/${path}`);

/** What a member is told of, by which ways, and who is told by a neighbour. */
export const tellingScreens: Screen[] = [
  { name: 'notifications', go: inside('notifications') },
  { name: 'digest', go: inside('digest') },
  { name: 'ways', go: at(() => '/me/ways') },
  { name: 'phone', go: at(() => '/me/phone') },
  {
    name: 'pairings',
    go: async (visit) => {
      const { scene } = visit;
      const name = 'Mme Durand';
      await scene.me.must(scene.me.post(`/api/neighbourhoods/${scene.id}/pairings`, { name }));
      await inside('pairings')(visit);
      await visit.page.getByText(name).first().waitFor();
    },
  },
  {
    name: 'drills',
    go: async (visit) => {
      await inside('drills')(visit);
      await visit.page.getByRole('button', { name: words[visit.locale]['drill.start'] }).waitFor();
    },
  },
  {
    name: 'drill',
    go: async ({ page, scene, locale }) => {
      await scene.me.must(scene.me.post(`/api/neighbourhoods/${scene.id}/drills`));
      await page.getByRole('link', { name: words[locale]['drill.look'] }).click();
      await page.getByRole('button', { name: words[locale]['drill.end'] }).waitFor();
    },
  },
];
