import { kit, type KitId, kitFor, missingOf } from '../../shared/kit.ts';
import { firmOf, type Shift } from '../../shared/shifts.ts';
import type { Id } from '../../shared/text.ts';
import { locale, localeTag, t } from '../i18n/i18n.ts';
import type { OpenRoom } from '../state/room.ts';
import { Icon } from '../ui/icons.tsx';
import { paths } from '../ui/routes.ts';
import { nameOf } from './who.ts';

type About = { room: OpenRoom; shift: Shift };

const inALine = (texts: readonly string[]) =>
  new Intl.ListFormat(localeTag(), { type: 'unit' }).format(texts);
const words = (ids: readonly KitId[]) => inALine(ids.map((id) => kit[id].words[locale.value]));

/** Who of those who come for certain brings what the shift wants, and what nobody brings. */
export function KitMatch({ room, shift }: About) {
  if (shift.kit.length === 0) return null;
  const coming = firmOf(shift).map(({ memberId }) => memberId);
  const match = kitFor(shift.kit, coming, room.state.kits.value);
  const missing = missingOf(match);
  const mine = coming.includes(room.state.me.value?.id ?? '');
  return (
    <section class="stack">
      <h2>{t('kit.wanted')}</h2>
      <ul class="kit-match">
        {match.map(({ id, by }) => (
          <li key={id}>
            <Icon name={by.length === 0 ? 'question' : 'check'} size={20} />
            <span>
              {kit[id].words[locale.value]}
              <span class="hint">
                {by.length === 0 ? t('kit.nobody') : inALine(by.map((memberId) => nameOf(room, memberId)))}
              </span>
            </span>
          </li>
        ))}
      </ul>
      <p>{missing.length === 0 ? t('kit.complete') : t('kit.missing', { list: words(missing) })}</p>
      {mine && missing.length > 0 && <a href={paths.me}>{t('kit.say')}</a>}
    </section>
  );
}

/** What would be missing without this member, and what of it the reader would bring in their place. */
export function KitWithout({ room, shift, memberId }: About & { memberId: Id }) {
  const kits = room.state.kits.value;
  const coming = firmOf(shift).map((signUp) => signUp.memberId);
  const without = coming.filter((id) => id !== memberId);
  const now = missingOf(kitFor(shift.kit, coming, kits));
  const missing = missingOf(kitFor(shift.kit, without, kits));
  const me = room.state.me.value?.id ?? '';
  const mine = missing.filter((id) => kits.get(me)?.kit.includes(id));
  if (memberId === me) {
    const lost = missing.filter((id) => !now.includes(id));
    return lost.length === 0 ? null : <p>{t('kit.withoutYou', { list: words(lost) })}</p>;
  }
  return missing.length === 0 ? null : (
    <p>
      {t('kit.without', { name: nameOf(room, memberId), list: words(missing) })}
      {mine.length > 0 && ` ${t('kit.yours', { list: words(mine) })}`}
    </p>
  );
}
