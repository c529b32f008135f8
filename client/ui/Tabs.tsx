import type { Id } from '../../shared/text.ts';
import { t } from '../i18n/i18n.ts';
import { Icon, type IconName } from './icons.tsx';
import { paths, type Route } from './routes.ts';

const ofPatrols: readonly string[] = [
  'patrols',
  'patrol',
  'checkpoints',
  'consent',
  'shift',
  'plan',
  'round',
  'rounds',
  'search',
] satisfies Route['name'][];

const ofNeighbours: readonly string[] = [
  'neighbours',
  'decisions',
  'summary',
  'drills',
  'drill',
] satisfies Route['name'][];

const ofMe: readonly string[] = [
  'me',
  'platform',
  'ways',
  'notifications',
  'pairings',
] satisfies Route['name'][];

/** Map, Patrols, Neighbours, Me: under the thumb on a phone, under the column on a desktop. */
export function Tabs({ neighbourhoodId, route }: { neighbourhoodId: Id; route: Route }) {
  const tabs: { name: string; href: string; icon: IconName; current: boolean }[] = [
    {
      name: t('nav.map'),
      href: paths.neighbourhood(neighbourhoodId),
      icon: 'map',
      current: ![...ofNeighbours, ...ofMe, ...ofPatrols].includes(route.name),
    },
    {
      name: t('nav.patrols'),
      href: paths.patrols(neighbourhoodId),
      icon: 'walk',
      current: ofPatrols.includes(route.name),
    },
    {
      name: t('nav.neighbours'),
      href: paths.neighbours(neighbourhoodId),
      icon: 'people',
      current: ofNeighbours.includes(route.name),
    },
    { name: t('nav.me'), href: paths.me, icon: 'person', current: ofMe.includes(route.name) },
  ];
  return (
    <nav class="tabs" aria-label={t('nav.label')}>
      {tabs.map(({ name, href, icon, current }) => (
        <a key={href} class="tab" href={href} aria-current={current ? 'page' : undefined}>
          <Icon name={icon} />
          <span>{name}</span>
        </a>
      ))}
    </nav>
  );
}
