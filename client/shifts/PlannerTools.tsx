import { useState } from 'preact/hooks';
import type { Shift } from '../../shared/shifts.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { Confirm, Dialog } from '../ui/Dialog.tsx';
import { TextArea } from '../ui/Field.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';

/** Cancelling takes a reason: those who counted on it read it. */
function CancelDialog({ room, shift, onClose }: { room: OpenRoom; shift: Shift; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const cancel = useCommand(async (key: string) => {
    const answer = await api.cancelShift(room.id, shift.id, reason, key);
    room.state.rota.take([answer.shift]);
    onClose();
  });
  return (
    <Dialog title={t('shift.cancel')} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          cancel.start();
        }}
      >
        <TextArea
          label={t('shift.cancelReason')}
          hint={t('shift.cancelHint')}
          error={cancel.failure}
          value={reason}
          onValue={setReason}
        />
        <button type="submit" class="button button--primary button--wide" disabled={cancel.busy}>
          {t('shift.cancel')}
        </button>
      </form>
    </Dialog>
  );
}

/** What volunteers and coordinators may do about a shift that is still to come. */
export function PlannerTools({ room, shift }: { room: OpenRoom; shift: Shift }) {
  const [asking, setAsking] = useState<'cancel' | 'end' | null>(null);
  const { seriesId } = shift;
  const end = useCommand(async (key: string, id: string) => {
    const { series } = await api.endSeries(room.id, id, key);
    room.state.rota.takeSeries([series]);
  });
  const role = room.state.me.value?.role ?? 'resident';
  if (role === 'resident' || shift.status !== 'planned' || shift.startsAt <= now.value) return null;
  const series = seriesId === null ? null : (room.state.rota.series.value.get(seriesId) ?? null);
  const runs = series?.status === 'running';
  return (
    <section class="stack">
      <a class="button button--wide" href={paths.plan(room.id, { shift: shift.id })}>
        {seriesId === null ? t('shift.change') : t('shift.changeOnce')}
      </a>
      {series !== null && runs && (
        <a class="button button--wide" href={paths.plan(room.id, { series: series.id })}>
          {t('shift.changeAll')}
        </a>
      )}
      <button type="button" class="button button--wide" onClick={() => setAsking('cancel')}>
        {t('shift.cancel')}
      </button>
      {series !== null && runs && (
        <button
          type="button"
          class="button button--wide"
          disabled={end.busy}
          onClick={() => setAsking('end')}
        >
          {t('shift.endSeries')}
        </button>
      )}
      {end.failure && (
        <p class="failure" role="alert">
          {end.failure}
        </p>
      )}
      {asking === 'cancel' && <CancelDialog room={room} shift={shift} onClose={() => setAsking(null)} />}
      {asking === 'end' && series !== null && (
        <Confirm
          question={t('shift.endSeriesAsk')}
          detail={t('shift.endSeriesHint')}
          action={t('shift.endSeries')}
          onConfirm={() => end.start(series.id)}
          onClose={() => setAsking(null)}
        />
      )}
    </section>
  );
}
