import { useEffect, useState } from 'preact/hooks';
import { askingMs, type PartnerCodeShown, type Patrol } from '../../shared/patrols.ts';
import { failureCode } from '../api.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { later, now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { nameOf } from '../ui/member-name.ts';
import { QrCode } from '../ui/QrCode.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';

const againAfter = 5000;

/** The code that a partner beside me scans or types; a new one before the old one runs out. */
export function PartnerCode({ patrol, room }: { patrol: Patrol; room: OpenRoom }) {
  const [shown, setShown] = useState<PartnerCodeShown | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let wanted = true;
    let cancel = () => {};
    const load = async () => {
      let wait = againAfter;
      try {
        const next = await api.partnerCode(room.id, patrol.id);
        if (wanted) setShown(next);
        wait = Math.max(againAfter, next.expiresAt - Date.now());
      } catch (error) {
        failureCode(error);
      }
      if (wanted) cancel = later(wait, () => setRound(round + 1));
    };
    void load();
    return () => {
      wanted = false;
      cancel();
    };
  }, [room.id, patrol.id, round]);
  if (shown === null) return <div class="qr qr--coming" />;
  return (
    <div class="stack">
      <p>{t('round.show')}</p>
      <QrCode
        text={`${location.origin}${paths.partner(room.id, patrol.id, shown.code)}`}
        label={t('round.code')}
      />
      <p class="sos-count round-code">{shown.code}</p>
    </div>
  );
}

/** Who says that they stand beside me: one tap lets them in. */
export function Asking({ patrol, room }: { patrol: Patrol; room: OpenRoom }) {
  const letIn = useCommand(async (key: string, memberId: string) => {
    room.state.rounds.take([(await api.letIn(room.id, patrol.id, memberId, key)).patrol]);
  });
  const asking = patrol.asking.filter(({ at }) => now.value - at < askingMs);
  return (
    <div class="stack" role="status">
      {asking.map(({ memberId }) => (
        <div key={memberId} class="box stack">
          <p>{t('round.asks', { name: nameOf(room, memberId) })}</p>
          <button
            type="button"
            class="button button--primary button--fear button--wide"
            disabled={letIn.busy}
            onClick={() => letIn.start(memberId)}
          >
            {t('round.letIn')}
          </button>
        </div>
      ))}
      {letIn.failure && (
        <p class="failure" role="alert">
          {letIn.failure}
        </p>
      )}
    </div>
  );
}
