import type { Shift, SignUp } from '../../shared/shifts.ts';
import { localeTag, t } from '../i18n/i18n.ts';
import type { OpenRoom } from '../state/room.ts';

/** Who somebody signed up is, to the reader. */
export function nameOf(room: OpenRoom, memberId: string): string {
  if (memberId === room.state.me.value?.id) return t('rota.me');
  return room.state.members.value.get(memberId)?.name ?? t('rota.former');
}

function described(room: OpenRoom, { memberId, kind, newcomer }: SignUp): string {
  const name = nameOf(room, memberId);
  const known = newcomer ? t('rota.new', { name }) : name;
  return kind === 'soft' ? t('rota.soft', { name: known }) : known;
}

/** Who comes, in a line, the reader first; empty where nobody does. */
export function namesOf(room: OpenRoom, { signUps }: Pick<Shift, 'signUps'>): string {
  const list = new Intl.ListFormat(localeTag(), { type: 'unit' });
  const me = room.state.me.value?.id;
  const isOther = ({ memberId }: SignUp) => Number(memberId !== me);
  const sorted = signUps.toSorted((a, b) => isOther(a) - isOther(b));
  return list.format(sorted.map((signUp) => described(room, signUp)));
}
