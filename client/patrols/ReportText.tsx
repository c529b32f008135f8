import { useEffect } from 'preact/hooks';
import type { PatrolReport } from '../../shared/reports.ts';
import type { Id } from '../../shared/text.ts';
import { failureCode } from '../api.ts';
import { t, times } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { paths } from '../ui/routes.ts';
import { nameOf } from './Partners.tsx';

/** The incidents that a report names; what this device does not know of them is only that there are some. */
function Incidents({ room, ids }: { room: OpenRoom; ids: readonly Id[] }) {
  const known = room.state.incidents.value;
  return (
    <section class="stack">
      <h3 class="field__label">{t('report.found')}</h3>
      <ul class="rows">
        {ids.map((id) => {
          const incident = known.get(id);
          return (
            <li key={id}>
              <a class="row" href={paths.incident(room.id, id)}>
                <span class="row__words">
                  {incident === undefined
                    ? t('report.incident')
                    : (incident.title ?? t(`category.${incident.category}`))}
                  {incident !== undefined && (
                    <span class="hint">{times().ago(incident.reportedAt, now.value)}</span>
                  )}
                </span>
              </a>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** What a round saw, the incidents that it came upon, and what the next should know. */
export function ReportText({ room, report }: { room: OpenRoom; report: PatrolReport }) {
  const { by, seen, handOver, incidentIds } = report;
  return (
    <>
      {by === null ? (
        <p class="hint">{t('report.erased')}</p>
      ) : (
        <>
          <p class="words">{seen === '' ? t('report.nothing') : seen}</p>
          {handOver !== '' && (
            <p class="words">
              <strong>{t('report.handOver')}:</strong> {handOver}
            </p>
          )}
          <p class="hint">{t('report.by', { name: nameOf(room, by) })}</p>
        </>
      )}
      {incidentIds.length > 0 && <Incidents room={room} ids={incidentIds} />}
    </>
  );
}

/** Asks for those of these incidents that this device does not know: of long ago, or of another day. */
export function useIncidents(room: OpenRoom, ids: readonly Id[]): void {
  const missing = ids.filter((id) => !room.state.incidents.value.has(id)).join(' ');
  useEffect(() => {
    const load = async (id: Id) => {
      try {
        room.state.addToArchive([(await api.incident(room.id, id)).incident]);
      } catch (error) {
        // Gone, or no network: the link stays, and its page says which.
        failureCode(error);
      }
    };
    for (const id of missing === '' ? [] : missing.split(' ')) void load(id);
  }, [room.id, missing]);
}
