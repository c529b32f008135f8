import type { Shift } from '../../shared/shifts.ts';
import { firmOf } from '../../shared/shifts.ts';
import { t } from '../i18n/i18n.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { Confirm } from '../ui/Dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import { paths } from '../ui/routes.ts';
import { useSignUp } from './use-sign-up.ts';
import { isOpen, kindOf, type Standing, standingOf } from './view.ts';
import { whenIn } from './when.ts';
import { namesOf } from './who.ts';

function standingText(standing: Standing): string | null {
  switch (standing.kind) {
    case 'gap':
      return standing.guide ? t('rota.guideGap') : t('rota.gap', { count: standing.count });
    case 'full':
      return t('rota.full');
    case 'cancelled':
      return t('rota.cancelled');
    case 'over':
      return t('rota.over');
    case 'running':
      return t('rota.running');
    case 'enough':
      return null;
    default:
      return standing satisfies never;
  }
}

/** How a shift stands, said in words; that somebody is missing stands out. */
export function StandingBadge({ shift }: { shift: Shift }) {
  const standing = standingOf(shift, now.value);
  const text = standingText(standing);
  if (text === null) return null;
  return (
    <span class={`badge ${standing.kind === 'gap' ? 'badge--gap' : ''}`}>
      {standing.kind === 'gap' && <Icon name="people" size={16} />}
      {text}
    </span>
  );
}

/** One shift of a list: the row leads to it, its button joins. */
export function ShiftRow({ room, shift, dated = false }: { room: OpenRoom; shift: Shift; dated?: boolean }) {
  const signUp = useSignUp(room, shift.id);
  const me = room.state.me.value?.id;
  const when = whenIn(room.state.neighbourhood.value?.timeZone ?? 'UTC');
  const kind = kindOf(shift, me);
  const span = when.span(shift.startsAt, shift.endsAt);
  const names = namesOf(room, shift);
  return (
    <li class={`shift ${shift.status === 'cancelled' ? 'shift--cancelled' : ''}`} data-shift={shift.id}>
      <div class="shift__row">
        <a class="shift__words" href={paths.shift(room.id, shift.id)}>
          {dated && <span class="hint">{when.day(shift.startsAt)}</span>}
          <span class="shift__time">{span}</span>
          <span class="shift__place">{shift.meeting.words}</span>
          {shift.status === 'cancelled' ? (
            <span class="hint">{shift.reason}</span>
          ) : (
            <span class="hint">
              {t('rota.places', { count: firmOf(shift).length, places: String(shift.places) })}
              {' · '}
              {names === '' ? t('rota.nobody') : names}
            </span>
          )}
          <span class="badges">
            {kind !== null && (
              <span class="badge badge--mine">
                <Icon name="check" size={16} />
                {kind === 'firm' ? t('rota.coming') : t('rota.comingSoft')}
              </span>
            )}
            <StandingBadge shift={shift} />
          </span>
        </a>
        {kind === null && isOpen(shift, now.value) && (
          <button
            type="button"
            class="button button--primary shift__join"
            disabled={signUp.busy}
            aria-label={t('rota.joinNamed', { when: `${when.day(shift.startsAt)}, ${span}` })}
            onClick={() => signUp.join('firm')}
          >
            {t('rota.join')}
          </button>
        )}
      </div>
      {signUp.failure && (
        <p class="failure" role="alert">
          {signUp.failure}
        </p>
      )}
      <p class="unseen" role="status">
        {signUp.done}
      </p>
      {signUp.warning !== null && (
        <Confirm
          question={signUp.warning}
          action={t('shift.evenSo')}
          onConfirm={signUp.joinEvenSo}
          onClose={signUp.calmDown}
        />
      )}
    </li>
  );
}
