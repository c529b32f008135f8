import { useEffect, useState } from 'preact/hooks';
import type { Incident } from '../../shared/incidents.ts';
import type { Id } from '../../shared/text.ts';
import { failureCode } from '../api.ts';
import { t, times } from '../i18n/i18n.ts';
import { IncidentPhotos } from '../photos/IncidentPhotos.tsx';
import { RelaysOfIncident } from '../relays/RelaysOfIncident.tsx';
import { api } from '../runtime.ts';
import { SosFacts } from '../sos/SosFacts.tsx';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Icon } from '../ui/icons.tsx';
import { PageHeading } from '../ui/PageHeading.tsx';
import { paths } from '../ui/routes.ts';
import { SeverityShape } from '../ui/severity.tsx';
import { AnswerList } from './AnswerList.tsx';
import { FlagButton } from './FlagDialog.tsx';
import { JurorCard } from './JurorCard.tsx';
import { ReviewState } from './ReviewState.tsx';
import { EmergencyCall } from './EmergencyCall.tsx';
import { AnswerBar } from './AnswerBar.tsx';
import { Credible, ToldFirst } from './Credible.tsx';
import { Delivery } from './Delivery.tsx';
import { CloseButton, Ending } from './Ending.tsx';
import { History } from './History.tsx';
import { MyResponse } from './MyResponse.tsx';
import { NobodyComes } from './NobodyComes.tsx';
import { isHandled, lifeOf } from './progress.ts';
import { StateBar } from './StateBar.tsx';
import { StillSo } from './StillSo.tsx';
import { useReceipt } from './use-receipt.ts';
import { disputedIncidents, handledIncidents } from './view.ts';
import { WhoIsComing } from './WhoIsComing.tsx';
import { FollowChoice } from './FollowChoice.tsx';
import { Updates } from './Updates.tsx';
import { AlsoReported, DuplicateOf, MergeButton } from './Merging.tsx';
import { PlaceNote } from './PlaceNote.tsx';

function reporterOf(incident: Incident, room: OpenRoom): string {
  if (incident.source) return t('incident.bySource', { source: incident.source.name });
  if (incident.sos?.formerly) return t('incident.by', { name: incident.sos.formerly.name });
  // Without a name an SOS is of somebody who was erased.
  if (incident.reportedBy === null)
    return incident.sos ? t('incident.by', { name: t('incident.formerMember') }) : t('incident.byNobody');
  if (incident.reportedBy === room.state.me.value?.id) return t('incident.byMe');
  const name = room.state.members.value.get(incident.reportedBy)?.name;
  return t('incident.by', { name: name ?? t('incident.formerMember') });
}

function titleOf(incident: Incident, room: OpenRoom): string {
  if (incident.sos === null) return incident.title ?? t(`category.${incident.category}`);
  const name = incident.sos.formerly?.name ?? room.state.members.value.get(incident.reportedBy ?? '')?.name;
  return t('sos.of', { name: name ?? t('incident.formerMember') });
}

function Facts({ incident, room }: { incident: Incident; room: OpenRoom }) {
  useReceipt(room.id, incident);
  const reach = room.state.reach.value.get(incident.id) ?? null;
  const life = lifeOf(room.state.lives.value, incident.id);
  const handled = incident.status === 'open' && isHandled(life);
  const mine = incident.reportedBy !== null && incident.reportedBy === room.state.me.value?.id;
  // Of one's own SOS that looks ended nothing says how far its end got: it may not have ended.
  const isOver = mine && incident.sos !== null && incident.status === 'closed';
  const isHidden = incident.hidden?.some(({ of }) => of === 'incident') ?? false;
  const grave = incident.severity === 'severe' || incident.severity === 'extreme';
  return (
    <div class="panel__content">
      <Ending incident={incident} life={life} room={room} />
      <SosFacts room={room} incident={incident} />
      <DuplicateOf room={room} incident={incident} />
      <JurorCard incident={incident} room={room} />
      <StillSo incident={incident} life={life} room={room} />
      <NobodyComes incident={incident} life={life} numberShown={grave || mine} />
      {incident.status === 'open' && (grave || mine) && <EmergencyCall category={incident.category} />}
      <RelaysOfIncident key={`relays ${incident.id}`} incident={incident} room={room} />
      <p class="badges">
        <span class={`badge badge--${incident.severity}`}>{t(`severity.${incident.severity}`)}</span>
        {disputedIncidents.value.has(incident.id) && <span class="badge">{t('credible.disputedShort')}</span>}
        <span class="badge">{t(`status.${handled ? 'handled' : incident.status}`)}</span>
      </p>
      <Credible incident={incident} life={life} room={room} />
      <AnswerList category={incident.category} answers={incident.answers} />
      <ReviewState incident={incident} room={room} />
      {!isHidden && (incident.sos === null || incident.description !== '') && (
        <p class="words">{incident.description === '' ? t('incident.noWords') : incident.description}</p>
      )}
      <IncidentPhotos room={room} incident={incident} />
      <StateBar status={incident.status} life={life} />
      {!isOver && <Delivery sent mine={mine} reach={reach} />}
      <ToldFirst incident={incident} life={life} room={room} mine={mine} />
      <AnswerBar incident={incident} life={life} room={room} />
      {incident.status === 'open' && <WhoIsComing life={life} room={room} />}
      {!(incident.sos && mine) && <MyResponse incident={incident} life={life} room={room} />}
      <CloseButton incident={incident} life={life} room={room} />
      <Updates incident={incident} room={room} />
      <details class="exact">
        <summary>{t('incident.when', { age: times().ago(incident.observedAt, now.value) })}</summary>
        <p>{times().exact(incident.observedAt)}</p>
      </details>
      <p class="hint">{reporterOf(incident, room)}</p>
      <PlaceNote incident={incident} />
      <AlsoReported room={room} incident={incident} />
      <MergeButton room={room} incident={incident} />
      <FollowChoice key={incident.id} incidentId={incident.id} life={life} room={room} />
      <History incident={incident} room={room} />
      <FlagButton key={`flag ${incident.id}`} room={room} incident={incident} />
      <CopyButton
        text={`${location.origin}${paths.incident(room.id, incident.id)}`}
        label={t('incident.share')}
        done={t('incident.copied')}
        icon="link"
      />
    </div>
  );
}

/** One incident: what, how far it got, the words, when and by whom. */
export function IncidentPanel({ room, incidentId }: { room: OpenRoom; incidentId: Id }) {
  const incident = room.state.incidents.value.get(incidentId);
  // Of an SOS only who helps is told everything: asked again with each version, and when I begin to help.
  const me = room.state.me.value?.id;
  const part = lifeOf(room.state.lives.value, incidentId).responses.find(({ memberId }) => memberId === me);
  const again = incident?.sos ? `${incident.version} ${part?.version}` : '';
  const [failure, setFailure] = useState<'gone' | 'offline' | null>(null);

  useEffect(() => {
    let wanted = true;
    setFailure(null);
    const load = async () => {
      try {
        const detail = await api.incident(room.id, incidentId);
        room.state.addToArchive([detail.incident]);
        room.state.tellDuress(incidentId, detail.duress);
        room.state.detailed(detail.life, detail.updates);
        room.state.reached(incidentId, detail.reach);
        room.state.takeReviews(detail.reviews);
        if (detail.mine) room.state.reportedHere(incidentId);
      } catch (error) {
        if (wanted) setFailure(failureCode(error) === 'NOT_FOUND' ? 'gone' : 'offline');
      }
    };
    void load();
    return () => {
      wanted = false;
    };
    // After a new start from a snapshot, which knows no updates, it is asked for again.
  }, [room.id, incidentId, room.state.imports.value, again]);

  const title = incident ? titleOf(incident, room) : t('incident.gone');
  if (!incident && !failure) {
    return <div class="skeleton" role="status" aria-label={t('app.loading')} />;
  }
  return (
    <article class="panel">
      <header class="panel__head">
        {incident && (
          <SeverityShape
            severity={incident.severity}
            status={incident.status}
            category={incident.category}
            handled={handledIncidents.value.has(incident.id)}
            size={44}
          />
        )}
        <PageHeading key={incidentId} text={title} />
        <a class="button button--icon" href={paths.neighbourhood(room.id)} aria-label={t('app.close')}>
          <Icon name="close" />
        </a>
      </header>
      {incident ? (
        <Facts incident={incident} room={room} />
      ) : (
        <p class="hint">{failure === 'gone' ? t('incident.goneHint') : t('incident.offlineHint')}</p>
      )}
    </article>
  );
}
