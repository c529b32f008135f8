import { useState } from 'preact/hooks';
import { firmOf, type Shift, signUpOf } from '../../shared/shifts.ts';
import { type Cover, isOpenCover, isOpenSwap, type Swap } from '../../shared/swaps.ts';
import type { Id } from '../../shared/text.ts';
import { t, times } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { useCommand } from '../ui/use-command.ts';
import { KitWithout } from './KitMatch.tsx';
import { OfferForm } from './OfferForm.tsx';
import { useEvenSo } from './use-even-so.tsx';
import { whenIn } from './when.ts';
import { nameOf } from './who.ts';

type About = { room: OpenRoom; shift: Shift };

function Failure({ text }: { text: string | null }) {
  return text === null ? null : (
    <p class="failure" role="alert">
      {text}
    </p>
  );
}

/** Whether I come; who cannot has others asked. */
function Attendance({ room, shift, cover }: About & { cover: Cover | undefined }) {
  const me = room.state.me.value?.id ?? '';
  const say = useCommand(async (key: string, answer: 'coming' | 'cannot') => {
    const changed = await api.attend(room.id, shift.id, { answer }, key);
    room.state.asks.takeCover(changed.cover, changed.shift);
  });
  const open = cover !== undefined && isOpenCover(cover);
  const coming = signUpOf(shift, me)?.coming;
  return (
    <>
      <p role="status">
        {open
          ? t(cover.state === 'asking' ? 'handover.asking' : 'handover.everyone')
          : coming === true && t('handover.saidComing')}
      </p>
      <Failure text={say.failure} />
      <div class="buttons">
        {coming !== true && (
          <button type="button" class="button" disabled={say.busy} onClick={() => say.start('coming')}>
            {t(open ? 'handover.comingAfterAll' : 'handover.coming')}
          </button>
        )}
        {!open && (
          <button
            type="button"
            class="button"
            disabled={say.busy}
            aria-describedby="cannot-hint"
            onClick={() => say.start('cannot')}
          >
            {t('handover.cannot')}
          </button>
        )}
      </div>
      {!open && (
        <>
          <p id="cannot-hint" class="hint">
            {t('handover.cannotHint')}
          </p>
          <KitWithout room={room} shift={shift} memberId={me} />
        </>
      )}
    </>
  );
}

/** I am asked to come in somebody's place, or everybody is. */
function Asked({ room, shift, cover, mine }: About & { cover: Cover; mine: boolean }) {
  const name = nameOf(room, cover.by);
  const take = useEvenSo(async (key, evenSo) => {
    const changed = await api.answerCover(room.id, shift.id, { answer: 'yes', evenSo }, key);
    room.state.asks.takeCover(changed.cover, changed.shift);
  });
  const pass = useCommand(async (key: string) => {
    const changed = await api.answerCover(room.id, shift.id, { answer: 'no' }, key);
    room.state.asks.takeCover(changed.cover, changed.shift);
  });
  return (
    <div class="stack box">
      <p>{t(mine ? 'handover.asked' : 'handover.open', { name })}</p>
      <KitWithout room={room} shift={shift} memberId={cover.by} />
      {mine && cover.until !== null && (
        <p class="hint">{t('handover.askedUntil', { date: times().moment(cover.until) })}</p>
      )}
      <Failure text={take.failure ?? pass.failure} />
      <div class="buttons">
        <button type="button" class="button button--primary" disabled={take.busy} onClick={take.start}>
          {t('handover.takeOver')}
        </button>
        {mine && (
          <button type="button" class="button" disabled={pass.busy} onClick={() => pass.start()}>
            {t('handover.passOn')}
          </button>
        )}
      </div>
      {take.question}
    </div>
  );
}

/** One offer of a place on this shift, mine or one that I may take. */
function Offer({ room, swap, me }: { room: OpenRoom; swap: Swap; me: Id }) {
  const answer = async (key: string, what: 'accept' | 'decline' | 'withdraw', evenSo = false) => {
    const changed = await api.answerSwap(room.id, swap.id, { answer: what, evenSo }, key);
    room.state.asks.takeSwap(changed.swap, changed.shifts);
  };
  const take = useEvenSo((key, evenSo) => answer(key, 'accept', evenSo));
  const end = useCommand((key: string, what: 'decline' | 'withdraw') => answer(key, what));
  const other = swap.forShiftId === null ? null : room.state.rota.shifts.value.get(swap.forShiftId);
  const zone = room.state.neighbourhood.value?.timeZone ?? 'UTC';
  const date = other
    ? `${whenIn(zone).day(other.startsAt)}, ${whenIn(zone).span(other.startsAt, other.endsAt)}`
    : null;
  const mine = swap.by === me;
  const name = nameOf(room, mine ? (swap.to ?? '') : swap.by);
  const words = () => {
    if (!mine)
      return date === null ? t('handover.theirOffer', { name }) : t('handover.theirSwap', { name, date });
    if (swap.to === null) return t('handover.myOpenOffer');
    return date === null ? t('handover.myOffer', { name }) : t('handover.mySwap', { name, date });
  };
  return (
    <div class="stack box">
      <p>{words()}</p>
      <Failure text={take.failure ?? end.failure} />
      <div class="buttons">
        {mine ? (
          <button type="button" class="button" disabled={end.busy} onClick={() => end.start('withdraw')}>
            {t('handover.withdraw')}
          </button>
        ) : (
          <button type="button" class="button button--primary" disabled={take.busy} onClick={take.start}>
            {t('handover.accept')}
          </button>
        )}
        {swap.to === me && (
          <button type="button" class="button" disabled={end.busy} onClick={() => end.start('decline')}>
            {t('handover.decline')}
          </button>
        )}
      </div>
      {take.question}
    </div>
  );
}

/** Afterwards: how many came, without names. */
function Turnout({ room, shift }: About) {
  const firm = firmOf(shift).length;
  const [came, setCame] = useState(shift.came ?? firm);
  const say = useCommand(async (key: string, count: number) => {
    room.state.rota.take([(await api.sayTurnout(room.id, shift.id, count, key)).shift]);
  });
  return (
    <section class="stack">
      <label class="field">
        <span class="field__label">{t('handover.turnout')}</span>
        <select
          class="select"
          value={String(came)}
          onChange={(event) => setCame(Number(event.currentTarget.value))}
        >
          {Array.from({ length: firm + 1 }, (_, count) => (
            <option key={count} value={String(count)}>
              {count}
            </option>
          ))}
        </select>
        <span class="hint">{t('handover.turnoutHint')}</span>
      </label>
      <button type="button" class="button" disabled={say.busy} onClick={() => say.start(came)}>
        {t('handover.turnoutSay')}
      </button>
      <p role="status">{shift.came !== undefined && t('handover.turnoutSaid', { count: shift.came })}</p>
      <Failure text={say.failure} />
    </section>
  );
}

/** On the page of a shift: whether I come, who is asked for a place, and places that are offered. */
export function Handover({ room, shift }: About) {
  const me = room.state.me.value?.id ?? '';
  const firm = signUpOf(shift, me)?.kind === 'firm';
  if (shift.status !== 'planned' || shift.startsAt <= now.value) {
    return firm && shift.status !== 'cancelled' ? <Turnout room={room} shift={shift} /> : null;
  }
  const covers = [...room.state.asks.covers.value.values()].filter(({ shiftId }) => shiftId === shift.id);
  const own = covers.find(({ by }) => by === me);
  const asked = firm
    ? []
    : covers.filter(
        (one) =>
          isOpenCover(one) &&
          signUpOf(shift, one.by)?.kind === 'firm' &&
          (one.state === 'everyone' || one.asked.includes(me)),
      );
  const offers = [...room.state.asks.swaps.value.values()].filter(
    ({ shiftId, state, expiresAt, by, to }) =>
      shiftId === shift.id &&
      isOpenSwap({ state }) &&
      expiresAt > now.value &&
      signUpOf(shift, by)?.kind === 'firm' &&
      (by === me || to === me || (to === null && !firm)),
  );
  if (!firm && asked.length + offers.length === 0)
    return own?.state === 'filled' ? (
      <p>{t('handover.taken', { name: nameOf(room, own.takenBy ?? '') })}</p>
    ) : null;
  return (
    <section class="stack">
      {firm && <h2>{t('handover.title')}</h2>}
      {asked.map((cover) => (
        <Asked key={cover.id} room={room} shift={shift} cover={cover} mine={cover.asking === me} />
      ))}
      {firm && <Attendance room={room} shift={shift} cover={own} />}
      {offers.map((swap) => (
        <Offer key={swap.id} room={room} swap={swap} me={me} />
      ))}
      {firm && <OfferForm room={room} shift={shift} me={me} />}
    </section>
  );
}
