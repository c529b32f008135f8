import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { t } from '../i18n/i18n.ts';
import { arrived, outbox } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { Page } from '../ui/Page.tsx';
import { ground, PlaceMap } from '../ui/maps.tsx';
import { paths } from '../ui/routes.ts';
import { EmergencyCall } from './EmergencyCall.tsx';
import { PhotosOnTheirWay } from '../photos/PhotosOnTheirWay.tsx';
import { Delivery } from './Delivery.tsx';
import { IncidentCard } from './IncidentCard.tsx';
import { asIncident, Refusal } from './Outgoing.tsx';

/** An alert that has not arrived yet; the moment it does, this becomes the incident itself. */
export function Sending({ room, letterKey }: { room: OpenRoom; letterKey: string }) {
  const { route } = useLocation();
  const incidentId = arrived.value.get(letterKey);
  const letter = outbox.letters.value.find(({ key }) => key === letterKey);
  // Both of the same moment: read in the effect, it might have been loaded after this render looked for the letter.
  const loaded = outbox.loaded.value;
  const boundary = room.state.neighbourhood.value?.boundary;
  useEffect(() => {
    if (incidentId !== undefined) route(paths.incident(room.id, incidentId), true);
    else if (!letter && loaded) route(paths.neighbourhood(room.id), true);
  }, [incidentId, letter, loaded]);
  if (!letter) return null;
  const incident = asIncident(letter);
  return (
    <Page title={t(`category.${incident.category}`)} back={paths.neighbourhood(room.id)}>
      <EmergencyCall category={incident.category} />
      {letter.refusal ? <Refusal letter={letter} /> : <Delivery sent={false} mine reach={null} />}
      <PhotosOnTheirWay photos={letter.photos} />
      <IncidentCard incident={incident} />
      {boundary && (
        <div class="frame">
          <PlaceMap {...ground()} boundary={boundary} incident={{ id: letter.key, ...incident }} />
        </div>
      )}
    </Page>
  );
}
