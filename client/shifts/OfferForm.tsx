import { useRef, useState } from 'preact/hooks';
import { type Shift, signUpOf } from '../../shared/shifts.ts';
import type { Id } from '../../shared/text.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { useEvenSo } from './use-even-so.tsx';
import { whenIn } from './when.ts';

/** Offers my place: to somebody or anybody, given away or for a place of theirs. */
export function OfferForm({ room, shift, me }: { room: OpenRoom; shift: Shift; me: Id }) {
  const [to, setTo] = useState<Id>('');
  const [forShift, setForShift] = useState<Id>('');
  const [open, setOpen] = useState(false);
  const summary = useRef<HTMLElement>(null);
  const when = whenIn(room.state.neighbourhood.value?.timeZone ?? 'UTC');
  const others = [...room.state.members.value.values()]
    .filter(({ id, status }) => status === 'active' && id !== me && signUpOf(shift, id)?.kind !== 'firm')
    .toSorted((a, b) => a.name.localeCompare(b.name));
  const theirs = [...room.state.rota.shifts.value.values()]
    .filter(({ status, startsAt }) => status === 'planned' && startsAt > now.value)
    .filter((one) => to !== '' && signUpOf(one, to)?.kind === 'firm' && signUpOf(one, me)?.kind !== 'firm')
    .toSorted((a, b) => a.startsAt - b.startsAt);
  const make = useEvenSo(async (key, evenSo) => {
    const body = { to: to || null, forShiftId: forShift || null, evenSo };
    const { swap, shifts } = await api.offerSwap(room.id, shift.id, body, key);
    room.state.asks.takeSwap(swap, shifts);
    // It stands above now; left as it was filled in, the form would look as if nothing had happened.
    setTo('');
    setForShift('');
    setOpen(false);
    summary.current?.focus();
  });
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary ref={summary}>{t('handover.offer')}</summary>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          make.start();
        }}
      >
        <label class="field">
          <span class="field__label">{t('handover.to')}</span>
          <select
            class="select"
            value={to}
            onChange={(event) => {
              setTo(event.currentTarget.value);
              setForShift('');
            }}
          >
            <option value="">{t('handover.anybody')}</option>
            {others.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {theirs.length > 0 && (
          <label class="field">
            <span class="field__label">{t('handover.for')}</span>
            <select
              class="select"
              value={forShift}
              onChange={(event) => setForShift(event.currentTarget.value)}
            >
              <option value="">{t('handover.forNothing')}</option>
              {theirs.map(({ id, startsAt, endsAt }) => (
                <option key={id} value={id}>
                  {`${when.day(startsAt)}, ${when.span(startsAt, endsAt)}`}
                </option>
              ))}
            </select>
          </label>
        )}
        {make.failure && (
          <p class="failure" role="alert">
            {make.failure}
          </p>
        )}
        <button type="submit" class="button" disabled={make.busy}>
          {t('handover.make')}
        </button>
      </form>
      {make.question}
    </details>
  );
}
