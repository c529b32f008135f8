import { walkersOf, type Patrol } from '../../shared/patrols.ts';
import type { Id } from '../../shared/text.ts';
import { t, times } from '../i18n/i18n.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { staleMs } from './map-walkers.ts';
import { wayTo } from './nearby.ts';
import { here, othersOnDuty } from './own.ts';
import { nameOf } from './Partners.tsx';

/** Where somebody on duty is, as the map shows it, in words. */
function whereIs(room: OpenRoom, memberId: Id): string {
  const { exact, walkers } = room.state.rounds.seen.value;
  const told = [...walkers.values()].find((one) => one.memberId === memberId);
  if (!exact || told === undefined || now.value - told.at >= staleMs) return t('round.unknownPlace');
  const age = times().ago(told.at, now.value);
  const mine = here.value;
  return mine === null ? age : `${wayTo(mine.position, told.position)} · ${age}`;
}

/** Everybody who is on duty now, who walks with me first: what the map shows, without one. */
export function OnDuty({ patrol, room }: { patrol: Patrol; room: OpenRoom }) {
  const me = room.state.me.value?.id;
  const partners = walkersOf(patrol).filter((id) => id !== me);
  const others = [...othersOnDuty.value].filter((id) => !partners.includes(id));
  return (
    <section class="stack">
      <h2>{t('round.onDuty')}</h2>
      <ul class="rows">
        {[...partners, ...others].map((id) => (
          <li key={id} class="row">
            <span class="row__words">
              <span>
                {t(partners.includes(id) ? 'round.partners' : 'round.other', { names: nameOf(room, id) })}
              </span>
              <span class="hint">{whereIs(room, id)}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
