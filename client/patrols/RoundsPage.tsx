import { useEffect, useState } from 'preact/hooks';
import { hasWalked } from '../../shared/home-safe.ts';
import type { Patrol } from '../../shared/patrols.ts';
import { minutesWalked, type PastRound, reportWithinMs } from '../../shared/reports.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { whenIn } from '../shifts/when.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { failureText } from '../ui/failure.ts';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { ReportText } from './ReportText.tsx';
import { hoursOf } from './RoundPage.tsx';

/** Rounds as they were read, with what this device heard of since. */
function withNews(room: OpenRoom, read: readonly PastRound[]): PastRound[] {
  const { rounds, safety } = room.state;
  const all = new Map(read.map((round) => [round.patrol.id, round]));
  for (const patrol of rounds.patrols.value.values())
    if (patrol.end !== null && patrol.runningSince !== null && !all.has(patrol.id))
      all.set(patrol.id, { patrol, report: null });
  return [...all.values()]
    .map(({ patrol, report }) => ({ patrol, report: safety.reports.value.get(patrol.id) ?? report }))
    .toSorted((a, b) => b.patrol.startedAt - a.patrol.startedAt);
}

/** When it was, by the neighbourhood's clock. */
function whenOf(room: OpenRoom, { runningSince, startedAt, end }: Patrol): string {
  const when = whenIn(room.state.neighbourhood.value?.timeZone ?? 'UTC');
  const from = runningSince ?? startedAt;
  return `${when.day(from)}, ${when.span(from, end?.at ?? from)}`;
}

/** Whether I walked it, nobody has written its report yet, and there is time for it. */
function isMineToWrite(room: OpenRoom, { patrol, report }: PastRound): boolean {
  const me = room.state.me.value?.id;
  return (
    me !== undefined &&
    report === null &&
    patrol.end !== null &&
    now.value - patrol.end.at <= reportWithinMs &&
    hasWalked(patrol, me)
  );
}

function Past({ room, round }: { room: OpenRoom; round: PastRound }) {
  const { patrol, report } = round;
  return (
    <li class="box stack" data-round={patrol.id}>
      <h2>
        <a href={paths.round(room.id, patrol.id)}>{whenOf(room, patrol)}</a>
      </h2>
      <p class="hint">{t('report.hours', { hours: hoursOf(minutesWalked(patrol)) })}</p>
      {report !== null && <ReportText room={room} report={report} />}
      {report === null && !isMineToWrite(room, round) && <p class="hint">{t('report.none')}</p>}
      {isMineToWrite(room, round) && (
        <a class="button" href={paths.round(room.id, patrol.id)}>
          {t('round.report')}
        </a>
      )}
    </li>
  );
}

/** Rounds of mine that ended lately and whose report nobody has written: each is a way to it. */
export function ReportsToWrite({ room }: { room: OpenRoom }) {
  const mine = withNews(room, []).filter((round) => isMineToWrite(room, round));
  return (
    <>
      {mine.map(({ patrol }) => (
        <a key={patrol.id} class="button button--wide" href={paths.round(room.id, patrol.id)}>
          {t('rounds.write', { when: whenOf(room, patrol) })}
        </a>
      ))}
    </>
  );
}

/** What there is to read of, and how to go on reading; `cursor` is null where nothing follows. */
type Read = { rounds: readonly PastRound[]; cursor: string | null };

/** The rounds that are over, the newest first: what each saw, for every member. */
export function RoundsPage({ room }: { room: OpenRoom }) {
  const [read, setRead] = useState<Read | null>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const load = async (before: Read | null) => {
    setBusy(true);
    setFailure(null);
    try {
      const page = await api.pastRounds(room.id, before?.cursor ?? null);
      setRead({ rounds: [...(before?.rounds ?? []), ...page.rounds], cursor: page.cursor });
    } catch (error) {
      setFailure(failureText(error));
    }
    setBusy(false);
  };
  useEffect(() => {
    void load(null);
  }, [room.id]);
  const rounds = withNews(room, read?.rounds ?? []);
  return (
    <Page title={t('rounds.title')} back={paths.patrols(room.id)}>
      <ul class="stack">
        {rounds.map((round) => (
          <Past key={round.patrol.id} room={room} round={round} />
        ))}
      </ul>
      {read !== null && read.cursor === null && rounds.length === 0 && <p>{t('rounds.none')}</p>}
      {read === null && failure === null && <p role="status">{t('app.loading')}</p>}
      {failure !== null && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      {(failure !== null || (read !== null && read.cursor !== null)) && (
        <button type="button" class="button button--wide" disabled={busy} onClick={() => void load(read)}>
          {t(failure === null ? 'rounds.more' : 'app.retry')}
        </button>
      )}
    </Page>
  );
}
