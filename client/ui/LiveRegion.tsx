import { useEffect, useState } from 'preact/hooks';
import type { Id } from '../../shared/text.ts';
import { t } from '../i18n/i18n.ts';
import { arrived } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';

/** Tells of an incident that came in live, politely, to those who hear the page; not of one's own. */
export function LiveRegion({ room }: { room: OpenRoom }) {
  const arrivals = room.state.arrivals.value;
  const [said, setSaid] = useState<Id | null>(null);
  useEffect(() => {
    const latest = [...arrivals].at(-1);
    if (latest !== undefined) setSaid(latest);
  }, [arrivals]);
  const incident = said === null ? undefined : room.state.incidents.value.get(said);
  // An anonymous one has no reporter, but its command was sent from here.
  const mine =
    incident !== undefined &&
    (incident.reportedBy === room.state.me.value?.id || [...arrived.value.values()].includes(incident.id));
  return (
    <p class="unseen" role="status" aria-live="polite">
      {incident &&
        !mine &&
        t('live.new', {
          severity: t(`severity.${incident.severity}`),
          category: incident.sos ? t('sos.title') : t(`category.${incident.category}`),
        })}
    </p>
  );
}
