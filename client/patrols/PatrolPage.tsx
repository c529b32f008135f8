import { useEffect, useState } from 'preact/hooks';
import { type Patrol, walkersOf } from '../../shared/patrols.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { Rule } from '../shifts/Rule.tsx';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';
import { OnPatrol } from './OnPatrol.tsx';
import { ownRound } from './own.ts';
import { Asking, nameOf, PartnerCode } from './Partners.tsx';
import { SettingOut } from './SettingOut.tsx';
import { Visit } from './Visit.tsx';

/** How long the end of a round is what this page is about. */
const justMs = 3600 * 1000;

function Gathering({ patrol, room }: { patrol: Patrol; room: OpenRoom }) {
  const leave = useCommand(async (key: string) => {
    room.state.rounds.take([(await api.leavePatrol(room.id, patrol.id, key)).patrol]);
  });
  return (
    <div class="stack">
      <Rule />
      <Asking patrol={patrol} room={room} />
      <PartnerCode patrol={patrol} room={room} />
      {leave.failure && (
        <p class="failure" role="alert">
          {leave.failure}
        </p>
      )}
      <button type="button" class="button button--wide" disabled={leave.busy} onClick={() => leave.start()}>
        {t('round.cancel')}
      </button>
    </div>
  );
}

function whyOver({ end }: Patrol, room: OpenRoom): string {
  if (end?.why === 'walker' && end.by !== null) {
    return end.by === room.state.me.value?.id
      ? t('round.overMe')
      : t('round.overWalker', { name: nameOf(room, end.by) });
  }
  if (end?.why === 'time') return t('round.overTime');
  return t(end?.why === 'silence' ? 'round.overSilence' : 'round.overFew');
}

/** The round that I walked and that ended lately. */
function lastOver(room: OpenRoom): Patrol | null {
  const me = room.state.me.value?.id;
  const mine = [...room.state.rounds.patrols.value.values()].filter(
    ({ end, runningSince, walkers }) =>
      end !== null &&
      runningSince !== null &&
      now.value - end.at < justMs &&
      walkers.some(({ memberId }) => memberId === me),
  );
  return mine.toSorted((a, b) => a.startedAt - b.startedAt).at(-1) ?? null;
}

function Over({ patrol, room, onNext }: { patrol: Patrol; room: OpenRoom; onNext: () => void }) {
  return (
    <div class="stack">
      <p role="status">{whyOver(patrol, room)}</p>
      <p class="hint">{t('round.gone')}</p>
      <a class="button button--primary button--wide" href={paths.round(room.id, patrol.id)}>
        {t('round.report')}
      </a>
      <a class="button button--wide" href={paths.neighbourhood(room.id)}>
        {t('sos.toMap')}
      </a>
      <button type="button" class="button button--wide" onClick={onNext}>
        {t('round.start')}
      </button>
    </div>
  );
}

/** Walking a round: setting out with a partner, the screen on the way, and its end. */
export function PatrolPage({
  room,
  partner,
  checkpoint,
}: {
  room: OpenRoom;
  partner: string | null;
  checkpoint: string | null;
}) {
  const [next, setNext] = useState(false);
  const own = ownRound.value;
  const ownId = own?.id;
  useEffect(() => setNext(false), [ownId]);
  const back = paths.neighbourhood(room.id);
  if (own !== null && own.state === 'running') {
    return (
      <OnPatrol patrol={own} room={room}>
        {checkpoint !== null && <Visit key={checkpoint} patrol={own} room={room} code={checkpoint} />}
      </OnPatrol>
    );
  }
  const over = partner === null && !next && own === null ? lastOver(room) : null;
  const title = own !== null ? 'round.waiting' : over === null ? 'round.title' : 'round.over';
  return (
    <Page title={t(title)} back={back}>
      {checkpoint !== null && <p class="well">{t('round.visitNone')}</p>}
      {own !== null && <Gathering patrol={own} room={room} />}
      {own === null && over !== null && <Over patrol={over} room={room} onNext={() => setNext(true)} />}
      {own === null && over === null && <SettingOut room={room} partner={partner} />}
    </Page>
  );
}

/** A strip on the map that leads back to the round, or says until when there is one. */
export function RoundStrip({ room }: { room: OpenRoom }) {
  const own = ownRound.value;
  if (own === null) return null;
  const others = walkersOf(own).filter((id) => id !== room.state.me.value?.id);
  return (
    <aside aria-label={t('round.mine')}>
      <a class="round-strip" href={paths.patrol(room.id)}>
        <strong>{t('round.mine')}</strong>
        {others.length > 0 && (
          <span>{t('round.partners', { names: others.map((id) => nameOf(room, id)).join(', ') })}</span>
        )}
      </a>
    </aside>
  );
}
