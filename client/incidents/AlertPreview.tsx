import { useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { coarsePosition } from '../../shared/geo/grid.ts';
import type { ReportCommand } from '../../shared/incidents.ts';
import type { BoundaryGeometry } from '../../shared/neighbourhoods.ts';
import { t, times } from '../i18n/i18n.ts';
import { outbox, rooms, session } from '../runtime.ts';
import { waitingPhotos } from '../photos/letter-photos.ts';
import { OwnPhotos } from '../photos/OwnPhoto.tsx';
import { now } from '../state/browser.ts';
import { newKey } from '../state/new-key.ts';
import type { OpenRoom } from '../state/room.ts';
import { Icon } from '../ui/icons.tsx';
import { Page } from '../ui/Page.tsx';
import { ground, PlaceMap } from '../ui/maps.tsx';
import { paths } from '../ui/routes.ts';
import { AnswerList } from './AnswerList.tsx';
import { EmergencyCall } from './EmergencyCall.tsx';
import { Duplicates, sameAs } from './Duplicates.tsx';
import { drafts } from './draft.ts';
import type { Draft } from './draft-keeper.ts';
import { volunteersFirst } from './first-told.ts';
import { IncidentCard } from './IncidentCard.tsx';
import { answersOf } from './steps.ts';

/** The command that a finished draft stands for; null while it is not finished. */
export function commandOf(draft: Draft, observedAt: number | null, evenSo: boolean): ReportCommand | null {
  const { category, severity, position, coarse, description, anonymous } = draft;
  if (!category || !position) return null;
  return {
    category,
    severity,
    // The exact place of a home stays on this device.
    position: coarse ? coarsePosition(position) : position,
    coarse,
    description: description.trim(),
    answers: answersOf(draft),
    anonymous,
    evenSo,
    ...(observedAt === null ? {} : { observedAt }),
  };
}

/** Step 3: what the neighbours will see, and Send. */
export function AlertPreview({
  room,
  draft,
  boundary,
}: {
  room: OpenRoom;
  draft: Draft;
  boundary: BoundaryGeometry;
}) {
  const { route } = useLocation();
  const [broken, setBroken] = useState(false);
  const { category, severity, position, coarse, description, anonymous } = draft;
  const found = sameAs(draft, room);
  const sending = useRef(false);
  const me = room.state.me.value;
  const others = [...room.state.members.value.values()].filter(
    ({ id, status }) => status === 'active' && id !== me?.id,
  ).length;

  const neighbourhood = room.state.neighbourhood.value;
  const first =
    me !== null && neighbourhood !== null && volunteersFirst(me, neighbourhood, { anonymous, at: now.value });

  async function send(): Promise<void> {
    const personId = session.me.value?.person.id;
    // With a connection the server's clock is the better witness; without one only ours knows when it was.
    const command = commandOf(
      draft,
      draft.observedAt ?? (rooms.connection.value === 'live' ? null : Date.now()),
      found.length > 0,
    );
    // A second tap while the first is under way is no second alert.
    if (!command || !personId || sending.current) return;
    sending.current = true;
    try {
      const key = newKey();
      const photos = waitingPhotos(draft.photos);
      await outbox.add({ key, personId, neighbourhoodId: room.id, command, photos, madeAt: Date.now() });
      await drafts.discard();
      route(paths.sending(room.id, key), true);
    } catch (error) {
      sending.current = false;
      setBroken(true);
      throw error;
    }
  }

  if (!category || !position) return null;
  return (
    <Page
      title={t('alert.preview')}
      back={paths.alert(room.id, 'where')}
      foot={
        <>
          {broken && (
            <p class="failure" role="alert">
              {t('app.broken')}
            </p>
          )}
          <button
            type="button"
            class="button button--primary button--fear button--stacked"
            onClick={() => {
              void send();
            }}
          >
            {t(found.length > 0 ? 'duplicate.another' : 'alert.send')}
            <span class="button__hint">
              {t(first ? 'alert.sendHintFirst' : 'alert.sendHint', { count: others })}
            </span>
          </button>
        </>
      }
    >
      <EmergencyCall category={category} />
      <Duplicates room={room} found={found} anonymous={anonymous} />
      <div class="preview">
        <div class="frame">
          <PlaceMap
            {...ground()}
            boundary={boundary}
            incident={{
              id: 'preview',
              category,
              severity,
              status: 'open',
              position: coarse ? coarsePosition(position) : position,
              coarse,
            }}
          />
        </div>
        <IncidentCard
          incident={{
            category,
            severity,
            status: 'open',
            title: null,
            description: '',
            observedAt: 0,
            coarse,
          }}
          age={draft.observedAt === null ? t('alert.now') : times().ago(draft.observedAt, now.value)}
        />
        <AnswerList category={category} answers={answersOf(draft)} />
        {description !== '' && <p class="words">{description}</p>}
        <OwnPhotos photos={draft.photos} />
        <p class="hint">{anonymous ? t('incident.byNobody') : t('incident.by', { name: me?.name ?? '' })}</p>
      </div>
      {draft.photos.length === 0 && (
        <a class="button button--wide" href={paths.alert(room.id, 'where')}>
          <Icon name="camera" />
          {t('photo.add')}
        </a>
      )}
      <a class="button button--wide" href={paths.alert(room.id, 'where')}>
        {t('alert.change')}
      </a>
    </Page>
  );
}
