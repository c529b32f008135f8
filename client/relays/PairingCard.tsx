import { useState } from 'preact/hooks';
import { mostBuddies, type Pairing } from '../../shared/relays.ts';
import type { Id } from '../../shared/text.ts';
import { locale, t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { activeIn } from '../state/neighbourhood.ts';
import type { OpenRoom } from '../state/room.ts';
import { Confirm } from '../ui/Dialog.tsx';
import { useCommand } from '../ui/use-command.ts';

type About = { pairing: Pairing; room: OpenRoom };

/** Asks a neighbour to tell them too. */
function AskOther({ pairing, room }: About) {
  const [chosen, setChosen] = useState<Id>('');
  const ask = useCommand(async (key: string, memberId: Id) => {
    await api.askBuddy(room.id, pairing.id, memberId, key);
    setChosen('');
  });
  const isActive = activeIn(room.state);
  const others = [...room.state.members.value.values()]
    .filter(({ id }) => isActive(id) && !pairing.buddyIds.includes(id) && id !== pairing.asked)
    .toSorted((a, b) => a.name.localeCompare(b.name));
  if (others.length === 0) return null;
  return (
    <div class="stack">
      <select
        class="select"
        aria-label={t('pairings.other', { name: pairing.name })}
        value={chosen}
        onChange={(event) => setChosen(event.currentTarget.value)}
      >
        <option value="">{t('pairings.other', { name: pairing.name })}</option>
        {others.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      {chosen !== '' && (
        <button type="button" class="button" disabled={ask.busy} onClick={() => ask.start(chosen)}>
          {t('pairings.ask')}
        </button>
      )}
      {ask.failure && (
        <p class="failure" role="alert">
          {ask.failure}
        </p>
      )}
    </div>
  );
}

/** One neighbour without a phone: who tells them, and what I may say of it. */
export function PairingCard({ pairing, room }: About) {
  const { id, name, buddyIds, asked } = pairing;
  const [asking, setAsking] = useState<'leave' | 'end' | null>(null);
  const me = room.state.me.value;
  const answer = useCommand(async (key: string, accept: boolean) => {
    await api.answerBuddy(room.id, id, accept, key);
  });
  const stop = useCommand(async (key: string, how: 'leave' | 'end') => {
    await (how === 'leave' ? api.leavePairing(room.id, id, key) : api.endPairing(room.id, id, key));
  });
  const nameOf = (memberId: Id) => room.state.members.value.get(memberId)?.name ?? t('incident.formerMember');
  const list = new Intl.ListFormat(locale.value).format(
    buddyIds.map((memberId) => (memberId === me?.id ? t('pairings.you') : nameOf(memberId))),
  );
  const isMine = me !== null && buddyIds.includes(me.id);
  const manages = isMine || me?.role === 'coordinator';
  const failure = answer.failure ?? stop.failure;
  return (
    <li class="stack box">
      <h2>{name}</h2>
      <p>{buddyIds.length === 0 ? t('pairings.nobody') : t('pairings.by', { list })}</p>
      {asked !== null && asked === me?.id && (
        <>
          <p>{t('pairings.askedMe')}</p>
          <div class="buttons">
            <button
              type="button"
              class="button button--primary"
              disabled={answer.busy}
              onClick={() => answer.start(true)}
            >
              {t('pairings.yes')}
            </button>
            <button type="button" class="button" disabled={answer.busy} onClick={() => answer.start(false)}>
              {t('pairings.no')}
            </button>
          </div>
        </>
      )}
      {asked !== null && asked !== me?.id && (
        <p class="hint">{t('pairings.asked', { name: nameOf(asked) })}</p>
      )}
      {manages && buddyIds.length < mostBuddies && <AskOther pairing={pairing} room={room} />}
      {manages && (
        <div class="buttons">
          {isMine && (
            <button
              type="button"
              class="button"
              aria-label={t('pairings.leaveNamed', { name })}
              disabled={stop.busy}
              onClick={() => setAsking('leave')}
            >
              {t('pairings.leave')}
            </button>
          )}
          <button
            type="button"
            class="button"
            aria-label={t('pairings.endNamed', { name })}
            disabled={stop.busy}
            onClick={() => setAsking('end')}
          >
            {t('pairings.end')}
          </button>
        </div>
      )}
      {failure && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      {asking !== null && (
        <Confirm
          question={t(`pairings.${asking}Named`, { name })}
          detail={t(`pairings.${asking}Ask`)}
          action={t(`pairings.${asking}`)}
          onConfirm={() => stop.start(asking)}
          onClose={() => setAsking(null)}
        />
      )}
    </li>
  );
}
