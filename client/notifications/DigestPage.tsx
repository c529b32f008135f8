import { useEffect, useState } from 'preact/hooks';
import type { Digest } from '../../shared/preferences.ts';
import type { Id } from '../../shared/text.ts';
import { t, times } from '../i18n/i18n.ts';
import { IncidentCard } from '../incidents/IncidentCard.tsx';
import { known } from '../incidents/view.ts';
import { api } from '../runtime.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { failureText } from '../ui/failure.ts';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';

function Incidents({ neighbourhoodId, ids }: { neighbourhoodId: Id; ids: readonly Id[] }) {
  const { incidents, loaded } = known.value;
  const found = ids.flatMap((id) => incidents.get(id) ?? []);
  const gone = loaded ? ids.length - found.length : 0;
  return (
    <>
      <ul class="rows">
        {found.map((incident) => (
          <li key={incident.id}>
            <a class="row" href={paths.incident(neighbourhoodId, incident.id)}>
              <IncidentCard incident={incident} />
            </a>
          </li>
        ))}
      </ul>
      {gone > 0 && <p class="hint">{t('digest.gone', { count: gone })}</p>}
    </>
  );
}

/** What did not disturb me: what I was told of together, as it is by now, and what waits. */
export function DigestPage({ room }: { room: OpenRoom }) {
  const [digest, setDigest] = useState<Digest | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    let wanted = true;
    const load = async () => {
      try {
        const found = await api.digest(room.id);
        if (wanted) setDigest(found);
      } catch (error) {
        if (wanted) setFailure(failureText(error));
      }
    };
    void load();
    return () => {
      wanted = false;
    };
  }, [room.id]);
  return (
    <Page title={t('digest.title')} back={paths.notifications(room.id)}>
      {failure && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      {digest !== null && digest.last === null && digest.waiting.length === 0 && <p>{t('digest.none')}</p>}
      {digest?.last && (
        <section class="stack">
          <h2>{t('digest.last', { when: times().since(digest.last.at, now.value) })}</h2>
          <Incidents neighbourhoodId={room.id} ids={digest.last.incidentIds} />
        </section>
      )}
      {digest !== null && digest.waiting.length > 0 && (
        <section class="stack">
          <h2>{t('digest.waiting')}</h2>
          <Incidents neighbourhoodId={room.id} ids={digest.waiting} />
        </section>
      )}
    </Page>
  );
}
