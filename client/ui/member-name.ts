import type { Search } from '../../shared/home-safe.ts';
import type { Id } from '../../shared/text.ts';
import { t } from '../i18n/i18n.ts';
import type { OpenRoom } from '../state/room.ts';

type Members = Pick<OpenRoom, 'state'>;

/** A member's name, or that they are one no longer. */
export const nameOf = (room: Members, memberId: Id): string =>
  room.state.members.value.get(memberId)?.name ?? t('incident.formerMember');

/** Who is looked for, also where they are a neighbour no more. */
export const walkerName = (room: Members, { memberId, name }: Search): string =>
  name ?? nameOf(room, memberId);
