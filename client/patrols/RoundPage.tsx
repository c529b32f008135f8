import { useEffect, useState } from 'preact/hooks';
import { hasWalked } from '../../shared/home-safe.ts';
import type { Patrol } from '../../shared/patrols.ts';
import { minutesWalked, type PatrolReport, reportWithinMs } from '../../shared/reports.ts';
import type { Id } from '../../shared/text.ts';
import { failureCode } from '../api.ts';
import { t, times } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { TextArea } from '../ui/Field.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';
import { CheckInRing } from './CheckInRing.tsx';
import { notesOf } from './notes.ts';
import { ReportText, useIncidents } from './ReportText.tsx';

/** Incidents that are offered to be named: those of the round's time and those that are open. */
function offered(room: OpenRoom, patrol: Patrol, chosen: readonly Id[]) {
  const until = patrol.end?.at ?? now.value;
  return [...room.state.incidents.value.values()]
    .filter(
      ({ id, status, reportedAt }) =>
        chosen.includes(id) || status === 'open' || (reportedAt >= patrol.startedAt && reportedAt <= until),
    )
    .toSorted((a, b) => b.reportedAt - a.reportedAt)
    .slice(0, 20);
}

function ReportForm({
  room,
  patrol,
  before,
}: {
  room: OpenRoom;
  patrol: Patrol;
  before: PatrolReport | null;
}) {
  const [seen, setSeen] = useState(before?.seen ?? '');
  const [handOver, setHandOver] = useState(before?.handOver ?? '');
  const [incidentIds, setIncidentIds] = useState<readonly Id[]>(before?.incidentIds ?? []);
  const [saved, setSaved] = useState(false);
  const write = useCommand(async (key: string) => {
    const body = { seen, handOver, incidentIds: [...incidentIds] };
    room.state.safety.takeReport((await api.reportRound(room.id, patrol.id, body, key)).report);
    setSaved(true);
  });
  useEffect(() => {
    // What was noted on the way is where the report begins.
    if (before !== null) return;
    const begin = async () => {
      const notes = await notesOf(patrol.id);
      const text = notes.map(({ at, text: noted }) => `${times().clock(at)} ${noted}`).join('\n');
      setSeen((written) => (written === '' ? text : written));
    };
    void begin();
  }, [patrol.id]);
  const choices = offered(room, patrol, incidentIds);
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        write.start();
      }}
    >
      <TextArea
        label={t('report.seen')}
        hint={t('report.seenHint')}
        value={seen}
        onValue={setSeen}
        rows={4}
      />
      {choices.length > 0 && (
        <fieldset class="stack report__incidents">
          <legend class="field__label">{t('report.incidents')}</legend>
          {choices.map(({ id, category, title, observedAt }) => (
            <label key={id} class="check">
              <input
                type="checkbox"
                checked={incidentIds.includes(id)}
                onChange={(event) =>
                  setIncidentIds(
                    event.currentTarget.checked
                      ? [...incidentIds, id]
                      : incidentIds.filter((one) => one !== id),
                  )
                }
              />
              <span>
                {title ?? t(`category.${category}`)}
                <span class="hint">{times().ago(observedAt, now.value)}</span>
              </span>
            </label>
          ))}
        </fieldset>
      )}
      <TextArea
        label={t('report.handOver')}
        hint={t('report.handOverHint')}
        value={handOver}
        onValue={setHandOver}
        rows={3}
      />
      {write.failure && (
        <p class="failure" role="alert">
          {write.failure}
        </p>
      )}
      {saved && (
        <p class="well" role="status">
          {t('report.saved')}
        </p>
      )}
      <button type="submit" class="button button--primary button--wide" disabled={write.busy}>
        {t(before === null ? 'report.send' : 'report.change')}
      </button>
    </form>
  );
}

/** A round of an earlier day, that this device has not heard of. */
function usePast(room: OpenRoom, patrolId: Id, missing: boolean): boolean {
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    if (!missing) return undefined;
    let wanted = true;
    const load = async () => {
      try {
        const { patrol, report } = await api.pastRound(room.id, patrolId);
        if (report !== null) room.state.safety.takeReport(report);
        room.state.rounds.take([patrol]);
      } catch (error) {
        failureCode(error);
      }
      if (wanted) setAsked(true);
    };
    void load();
    return () => {
      wanted = false;
    };
  }, [room.id, patrolId, missing]);
  return asked;
}

/** One round: that I am well while it runs, what it saw once it is over. */
export function RoundPage({ room, patrolId }: { room: OpenRoom; patrolId: Id }) {
  const { rounds, safety, me } = room.state;
  const patrol = rounds.patrols.value.get(patrolId) ?? null;
  const report = safety.reports.value.get(patrolId) ?? null;
  // While it runs, a reminder leads here: then the map is where to go on.
  const back = patrol !== null && patrol.end === null ? paths.neighbourhood(room.id) : paths.rounds(room.id);
  const asked = usePast(room, patrolId, patrol === null && me.value !== null);
  useIncidents(room, report?.incidentIds ?? []);
  if (patrol === null || me.value === null) {
    return (
      <Page title={t('report.title')} back={back}>
        {report !== null && <ReportText room={room} report={report} />}
        {report === null && asked && <Notice title={t('app.notFound')} />}
        {report === null && !asked && <p role="status">{t('app.loading')}</p>}
      </Page>
    );
  }
  const walked = hasWalked(patrol, me.value.id);
  const inTime = patrol.end !== null && now.value - patrol.end.at <= reportWithinMs;
  return (
    <Page title={t('report.title')} back={back}>
      {walked && <CheckInRing room={room} patrol={patrol} />}
      {patrol.end === null && <p>{t('report.runs')}</p>}
      {patrol.end !== null && <p>{t('report.hours', { hours: hoursOf(minutesWalked(patrol)) })}</p>}
      {walked && inTime && <ReportForm key={patrolId} room={room} patrol={patrol} before={report} />}
      {!(walked && inTime) && report !== null && <ReportText room={room} report={report} />}
      {!(walked && inTime) && report === null && patrol.end !== null && (
        <p class="hint">{t('report.none')}</p>
      )}
    </Page>
  );
}

/** Hours and minutes: `1:20`. */
export const hoursOf = (minutes: number): string =>
  `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
