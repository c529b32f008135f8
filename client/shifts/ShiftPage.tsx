import { useEffect, useState } from 'preact/hooks';
import { pathLength } from '../../shared/geo.ts';
import { type Shift, signUpOf } from '../../shared/shifts.ts';
import type { Id } from '../../shared/text.ts';
import { failureCode } from '../api.ts';
import { localeTag, t } from '../i18n/i18n.ts';
import { lengthText } from '../i18n/lengths.ts';
import { api } from '../runtime.ts';
import { now, online } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { Confirm } from '../ui/Dialog.tsx';
import { ground, MeetingMap } from '../ui/maps.tsx';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { Handover } from './Handover.tsx';
import { KitMatch } from './KitMatch.tsx';
import { PlannerTools } from './PlannerTools.tsx';
import { Rule } from './Rule.tsx';
import { StandingBadge } from './ShiftRow.tsx';
import { useSignUp } from './use-sign-up.ts';
import { isOpen, kindOf } from './view.ts';
import { ruleText, whenIn } from './when.ts';
import { nameOf, namesOf } from './who.ts';

/** My own part in it: coming, perhaps coming, or not any more. */
function SignUpBar({ room, shift }: { room: OpenRoom; shift: Shift }) {
  const signUp = useSignUp(room, shift.id);
  const [asking, setAsking] = useState(false);
  const kind = kindOf(shift, room.state.me.value?.id);
  const ahead = shift.status === 'planned' && shift.startsAt > now.value;
  const open = isOpen(shift, now.value);
  if (!ahead) return null;
  const words = () => {
    if (kind === null) return signUp.done;
    if (kind === 'soft') return t('rota.comingSoft');
    // Who said that they cannot is told how it is, and not that they come.
    const { coming } = signUpOf(shift, room.state.me.value?.id ?? '') ?? {};
    return t(coming === false ? 'handover.stillMine' : 'rota.coming');
  };
  return (
    <>
      <p class="well" role="status">
        {words()}
      </p>
      {signUp.failure && (
        <p class="failure" role="alert">
          {signUp.failure}
        </p>
      )}
      {!online.value && (open || kind !== null) && <p class="hint">{t('shift.offline')}</p>}
      {kind !== 'firm' && open && (
        <button
          type="button"
          class="button button--primary button--fear button--wide"
          disabled={signUp.busy}
          onClick={() => signUp.join('firm')}
        >
          {kind === 'soft' ? t('shift.sure') : t('shift.join')}
        </button>
      )}
      {kind === null && (
        <>
          <button
            type="button"
            class="button button--wide"
            disabled={signUp.busy}
            aria-describedby="shift-soft"
            onClick={() => signUp.join('soft')}
          >
            {t('shift.joinSoft')}
          </button>
          <p id="shift-soft" class="hint">
            {t('shift.softHint')}
          </p>
        </>
      )}
      {kind !== null && (
        <button
          type="button"
          class="button button--wide"
          disabled={signUp.busy}
          onClick={() => setAsking(true)}
        >
          {t('shift.leave')}
        </button>
      )}
      {asking && (
        <Confirm
          question={t('shift.leaveAsk')}
          detail={t('shift.leaveHint')}
          action={t('shift.leave')}
          onConfirm={signUp.leave}
          onClose={() => setAsking(false)}
        />
      )}
      {signUp.warning !== null && (
        <Confirm
          question={signUp.warning}
          action={t('shift.evenSo')}
          onConfirm={signUp.joinEvenSo}
          onClose={signUp.calmDown}
        />
      )}
    </>
  );
}

function Details({ room, shift }: { room: OpenRoom; shift: Shift }) {
  const when = whenIn(room.state.neighbourhood.value?.timeZone ?? 'UTC');
  const boundary = room.state.neighbourhood.value?.boundary;
  const series = shift.seriesId === null ? null : room.state.rota.series.value.get(shift.seriesId);
  const names = namesOf(room, shift);
  return (
    <>
      <p class="shift__when">
        <strong>{when.day(shift.startsAt)}</strong>
        <span>{when.span(shift.startsAt, shift.endsAt)}</span>
        <StandingBadge shift={shift} />
      </p>
      {shift.status === 'cancelled' && shift.reason !== '' && (
        <p>{t('shift.cancelledFor', { reason: shift.reason })}</p>
      )}
      <section class="stack">
        <h2>{t('shift.meet')}</h2>
        <p>{shift.meeting.words}</p>
        {shift.route.length > 1 && (
          <p>{t('shift.way', { length: lengthText(pathLength(shift.route), localeTag()) })}</p>
        )}
        {boundary && (
          <div class="frame">
            <MeetingMap
              {...ground()}
              boundary={boundary}
              meeting={shift.meeting.position}
              route={shift.route}
            />
          </div>
        )}
      </section>
      <section class="stack">
        <h2>{t('shift.who')}</h2>
        <p>{names === '' ? t('rota.nobody') : names}</p>
        <p class="hint">{t('shift.needs', { needed: String(shift.needed), places: String(shift.places) })}</p>
      </section>
      <KitMatch room={room} shift={shift} />
      {shift.note !== '' && (
        <section class="stack">
          <h2>{t('shift.note')}</h2>
          <p class="words">{shift.note}</p>
        </section>
      )}
      <p class="hint">
        {series && `${t('shift.series', { rule: ruleText(series.rule, when) })} `}
        {shift.seriesId !== null && shift.follows === null && `${t('shift.once')} `}
        {shift.plannedBy !== null &&
          (shift.plannedBy === room.state.me.value?.id
            ? t('shift.plannerMe')
            : t('shift.planner', { name: nameOf(room, shift.plannedBy) }))}
      </p>
    </>
  );
}

/** What this device may not know: a shift of later weeks, that a link leads to. */
function useShift(room: OpenRoom, shiftId: Id): { shift: Shift | null; asked: boolean } {
  const shift = room.state.rota.shifts.value.get(shiftId) ?? null;
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    if (shift !== null) return undefined;
    let wanted = true;
    const load = async () => {
      try {
        const answer = await api.shift(room.id, shiftId);
        if (wanted) room.state.rota.take([answer.shift]);
      } catch (error) {
        failureCode(error);
      }
      if (wanted) setAsked(true);
    };
    void load();
    return () => {
      wanted = false;
    };
  }, [room.id, shiftId, shift === null]);
  return { shift, asked };
}

/** One shift: when, where, who, and whether I come. */
export function ShiftPage({ room, shiftId }: { room: OpenRoom; shiftId: Id }) {
  const { shift, asked } = useShift(room, shiftId);
  if (shift === null) {
    return (
      <Page title={t('shift.title')} back={paths.patrols(room.id)}>
        {asked ? (
          <>
            <p>{t('shift.gone')}</p>
            <p class="hint">{t('shift.goneHint')}</p>
          </>
        ) : (
          <p role="status">{t('app.loading')}</p>
        )}
      </Page>
    );
  }
  const ahead = shift.status === 'planned' && shift.startsAt > now.value;
  return (
    <Page
      title={t('shift.title')}
      back={paths.patrols(room.id)}
      foot={ahead && <SignUpBar room={room} shift={shift} />}
    >
      <Rule />
      <Details room={room} shift={shift} />
      <Handover room={room} shift={shift} />
      <PlannerTools room={room} shift={shift} />
    </Page>
  );
}
