import { numbersHere } from '../incidents/emergency.ts';
import { t, times } from '../i18n/i18n.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { Icon } from '../ui/icons.tsx';
import { walkerName } from '../ui/member-name.ts';
import { paths } from '../ui/routes.ts';
import { searchesFor } from './searches.ts';

/** Who on a round does not answer: on every screen of whoever was asked, until it is resolved. */
export function SearchBanner({ room }: { room: OpenRoom }) {
  const { safety, rounds, me } = room.state;
  const mine = me.value;
  if (mine === null) return null;
  const found = searchesFor(safety.searches.value.values(), mine, rounds.patrols.value);
  if (found.length === 0) return null;
  return (
    <div class="searches" role="alert">
      {found.map((search) => {
        const name = walkerName(room, search);
        const number = numbersHere().general;
        return (
          <div key={search.id} class={`searched searched--${search.step}`}>
            <p class="searched__words">
              {search.memberId === mine.id
                ? t('checkIn.searched', { age: times().ago(search.beganAt, now.value) })
                : t(search.step === 'exhausted' ? 'search.notFound' : 'search.noAnswer', { name })}
            </p>
            {search.step === 'exhausted' && search.memberId !== mine.id && (
              <a class="button" href={`tel:${number}`}>
                <Icon name="phone" />
                {t('alert.call', { number })}
              </a>
            )}
            <a class="button button--primary" href={paths.search(room.id, search.id)}>
              {t('search.open')}
            </a>
          </div>
        );
      })}
    </div>
  );
}
