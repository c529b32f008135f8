import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { findDuplicates, type Nearby } from '../../shared/duplicates.ts';
import type { Incident } from '../../shared/incidents.ts';
import { ApiError } from '../api.ts';
import { t } from '../i18n/i18n.ts';
import { NoPhoto } from '../photos/OwnPhoto.tsx';
import { api } from '../runtime.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';
import { drafts } from './draft.ts';
import type { Draft } from './draft-keeper.ts';
import { IncidentCard } from './IncidentCard.tsx';
import { awayText } from './PlaceNote.tsx';

const mostShown = 3;

/** What this device knows of that may be the same as the draft: without a network too. */
export function sameAs(draft: Draft, room: OpenRoom): Nearby[] {
  const { category, position } = draft;
  if (!category || !position) return [];
  return findDuplicates(room.state.incidents.value.values(), { category, position }, now.value);
}

/** Who has it in hand, and how many are going. */
function whoIsOnIt({ id }: Incident, room: OpenRoom): string {
  const life = room.state.lives.value.get(id);
  const ownerId = life?.handling?.ownerId;
  const name = ownerId && room.state.members.value.get(ownerId)?.name;
  const owner =
    ownerId === room.state.me.value?.id
      ? t('duplicate.ownerMe')
      : t('duplicate.owner', { name: name || t('incident.formerMember') });
  const going = life?.responses.filter(({ kind }) => kind === 'en-route' || kind === 'on-scene').length ?? 0;
  const parts = [...(ownerId ? [owner] : []), ...(going > 0 ? [t('duplicate.going', { count: going })] : [])];
  return parts.length > 0 ? parts.join(' · ') : t('duplicate.nobody');
}

function CandidatePhoto({ src }: { src: string }) {
  const [failed, setFailed] = useState(false);
  if (failed) return <NoPhoto />;
  return (
    <img
      class="candidate__photo"
      src={src}
      alt={t('duplicate.photo')}
      loading="lazy"
      onError={() => setFailed(true)}
    />
  );
}

/** One that may be the same, with enough to judge it by. */
export function Candidate({ room, nearby }: { room: OpenRoom; nearby: Nearby }) {
  const { incident, away } = nearby;
  const [photo] = incident.photoIds;
  return (
    <div class="candidate">
      <IncidentCard incident={incident} />
      {photo !== undefined && (
        <CandidatePhoto src={`/api/neighbourhoods/${room.id}/photos/${photo}/thumbnail`} />
      )}
      <p class="hint">
        {awayText(away)} · {whoIsOnIt(incident, room)}
      </p>
    </div>
  );
}

type DuplicatesProps = {
  room: OpenRoom;
  found: readonly Nearby[];
  /** Whether the draft is to show no name: a confirmation always does. */
  anonymous: boolean;
};

/** Before a second alert: what others told nearby. One tap says that it is the same, Send says that it is not. */
export function Duplicates({ room, found, anonymous }: DuplicatesProps) {
  const { route } = useLocation();
  const same = useCommand(async (key, incidentId: string) => {
    const known = room.state.incidents.value.get(incidentId);
    const mine = known !== undefined && known.reportedBy === room.state.me.value?.id;
    try {
      if (!mine) await api.confirm(room.id, incidentId, { kind: 'confirm' }, key);
    } catch (error) {
      // It was reported by this very member, without a name: there is nothing to add.
      if (!(error instanceof ApiError) || error.problem.code !== 'FORBIDDEN') throw error;
    }
    await drafts.discard();
    route(paths.incident(room.id, incidentId), true);
  });
  if (found.length === 0) return null;
  const more = found.length - mostShown;
  return (
    <section class="candidates" aria-label={t('duplicate.title')}>
      <h2>{t('duplicate.title')}</h2>
      <p class="hint">{t('duplicate.hint')}</p>
      {anonymous && <p class="hint">{t('duplicate.named')}</p>}
      <ul class="candidates__list">
        {found.slice(0, mostShown).map((nearby) => (
          <li key={nearby.incident.id}>
            <Candidate room={room} nearby={nearby} />
            <button
              type="button"
              class="button button--wide"
              disabled={same.busy}
              aria-label={t('duplicate.sameName', {
                name: nearby.incident.title ?? t(`category.${nearby.incident.category}`),
              })}
              onClick={() => same.start(nearby.incident.id)}
            >
              {t('duplicate.same')}
            </button>
          </li>
        ))}
      </ul>
      {more > 0 && <p class="hint">{t('duplicate.more', { count: more })}</p>}
      {same.failure && (
        <p class="failure" role="alert">
          {same.failure}
        </p>
      )}
    </section>
  );
}
