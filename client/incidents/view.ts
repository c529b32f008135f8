import { computed, signal } from '@preact/signals';
import { activeIn } from '../state/neighbourhood.ts';
import { credibilityOf, wordsOf } from '../../shared/credibility.ts';
import type { Incident } from '../../shared/incidents.ts';
import type { Id } from '../../shared/text.ts';
import { t, times } from '../i18n/i18n.ts';
import { rooms } from '../runtime.ts';
import { later, now } from '../state/browser.ts';
import { paced } from '../state/paced.ts';
import type { OpenRoom } from '../state/room.ts';
import { running } from '../state/rounds.ts';
import { isHandled } from './progress.ts';
import { type Filters, noFilters, selectIncidents } from './filters.ts';

/** What the reader filters by; the list and the map follow. */
export const filters = signal<Filters>(noFilters);

type Known = {
  room: OpenRoom | null;
  incidents: ReadonlyMap<Id, Incident>;
  arrivals: ReadonlySet<Id>;
  loaded: boolean;
};

/** What is known of the open room, as often as a screen full of it can be drawn: the more there is, the less often. */
export const known = paced(
  computed((): Known => {
    const room = rooms.current.value;
    if (!room) return { room, incidents: new Map(), arrivals: new Set(), loaded: false };
    const { incidents, arrivals, cursor } = room.state;
    return { room, incidents: incidents.value, arrivals: arrivals.value, loaded: cursor.value !== null };
  }),
  (next, shown) =>
    next.room !== shown.room || next.loaded !== shown.loaded ? 0 : Math.min(1000, next.incidents.size / 10),
  { now: () => performance.now(), later },
);

/** What the list and the map show. */
export const shownIncidents = computed((): readonly Incident[] => {
  // Ages move on by themselves, but a list that holds everything need not be sorted again for that.
  const at = filters.value.span === 'all' ? 0 : now.value;
  return selectIncidents(known.value.incidents.values(), filters.value, at, (name) => t(`category.${name}`));
});

const handledKey = computed((): string => {
  const lives = rooms.current.value?.state.lives.value.values() ?? [];
  return [...lives]
    .filter(isHandled)
    .map(({ incidentId }) => incidentId)
    .join(' ');
});

/** The incidents that somebody has in hand; the same set for as long as they are the same. */
export const handledIncidents = computed((): ReadonlySet<Id> => new Set(handledKey.value.split(' ')));

const disputedKey = computed((): string => {
  const room = rooms.current.value;
  if (!room) return '';
  const { incidents, lives } = room.state;
  const isActive = activeIn(room.state);
  const at = now.value;
  return [...lives.value.values()]
    .filter(({ incidentId, confirmations }) => {
      const incident = confirmations.length === 0 ? undefined : incidents.value.get(incidentId);
      return (
        incident?.status === 'open' &&
        credibilityOf(wordsOf(confirmations, isActive), at, incident.category).state === 'disputed'
      );
    })
    .map(({ incidentId }) => incidentId)
    .join(' ');
});

/** The incidents that neighbours dispute: they stay where they are, and say so. The same set while they are the same. */
export const disputedIncidents = computed((): ReadonlySet<Id> => new Set(disputedKey.value.split(' ')));

/** An incident in one line, for those who do not see its shape. */
export function incidentName(incident: Incident): string {
  const isHandledNow = incident.status === 'open' && handledIncidents.value.has(incident.id);
  const ended = incident.status === 'closed' && incident.outcome;
  const status = ended
    ? t(`outcome.${ended.kind}`)
    : t(`status.${isHandledNow ? 'handled' : incident.status}`);
  return t('incident.name', {
    severity: t(`severity.${incident.severity}`),
    category: incident.sos ? t('sos.title') : (incident.title ?? t(`category.${incident.category}`)),
    status: disputedIncidents.value.has(incident.id) ? `${status}, ${t('credible.disputedShort')}` : status,
    age: times().ago(incident.observedAt, now.value),
  });
}

/** "2 open · 5 in the last 24 hours", or that all is quiet. */
export function summary(): string {
  if (!known.value.loaded) return t('app.loading');
  const all = [...known.value.incidents.values()];
  const open = all.filter(({ status }) => status === 'open').length;
  const today = all.filter(({ observedAt }) => now.value - observedAt < 86_400_000).length;
  const rounds = running(known.value.room?.state.rounds.patrols.value ?? new Map());
  const parts = [
    ...(open > 0 ? [t('sheet.open', { count: open })] : []),
    ...rounds.slice(0, 1).map(({ endsBy }) => t('round.until', { time: times().clock(endsBy) })),
    ...(today > 0 && today !== open ? [t('sheet.today', { count: today })] : []),
  ];
  return parts.length > 0 ? parts.join(' · ') : t('sheet.quiet');
}
