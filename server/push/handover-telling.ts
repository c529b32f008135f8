import { signUpOf } from '../../shared/shifts.ts';
import { type Cover, isOpenCover, isOpenSwap, type Swap } from '../../shared/swaps.ts';
import type { NoticeTelling, Tellers } from './notice-telling.ts';
import { about } from './subjects.ts';
import { nobody, type People, these } from './telling.ts';

const byOne = (by: string | null): People => (by === null ? nobody : these(by));

/** Who is asked for a place; where nobody is left all who could come are told, and whoever asked for it. */
function ofCover(cover: Cover): NoticeTelling | null {
  const { id, shiftId, state, asking, by } = cover;
  if (state === 'asking' && asking !== null)
    return {
      notice: 'cover-asked',
      id: shiftId,
      audience: { to: 'people', people: these(asking) },
      exclude: nobody,
      subject: about('cover', id, (now) => isOpenCover(now) && now.asking === asking),
    };
  // The next is asked at once; or it is over, and only the name of somebody who was asked was taken out.
  if (state !== 'everyone') return null;
  return {
    notice: 'cover-failed',
    id: shiftId,
    audience: { to: 'roles', roles: ['volunteer', 'coordinator'], and: these(by) },
    exclude: nobody,
    subject: about('cover', id, (now) => now.state === state),
  };
}

/** Given away, an offer is over before its time only with the place: left, changed hands or cancelled. */
const isPlaceGone = ({ state, forShiftId, expiresAt }: Swap, at: number): boolean =>
  state === 'expired' && forShiftId === null && at < expiresAt;

/** Which log entries tell whom that a shift is near, or that a place on it changes hands: one line for each. */
export const handoverTellers: Tellers = {
  'shift.reminded': ({ shift: { id, startsAt, reminded }, memberIds }) => ({
    notice: reminded?.of === 'hour' ? 'shift-soon' : 'shift-tomorrow',
    id,
    audience: { to: 'people', people: these(...memberIds) },
    exclude: nobody,
    subject: about('shift', id, (now) => now.status === 'planned' && now.startsAt === startsAt),
  }),
  'swap.offered': ({ by, swap }) =>
    swap.to === null
      ? null
      : {
          notice: 'swap-asked',
          id: swap.shiftId,
          audience: { to: 'people', people: these(swap.to) },
          exclude: byOne(by),
          subject: about('swap', swap.id, isOpenSwap),
        },
  // However it ended, whoever offered it learns it; unless they took it back, or have the place no more and know that.
  'swap.closed': ({ at, by, swap }) =>
    swap.state === 'withdrawn' || isPlaceGone(swap, at)
      ? null
      : {
          notice: swap.state === 'accepted' ? 'swap-accepted' : 'swap-over',
          id: swap.shiftId,
          audience: { to: 'people', people: these(swap.by) },
          exclude: byOne(by),
          subject: about('swap', swap.id, ({ state }) => state === swap.state),
        },
  'cover.asked': ({ cover }) => ofCover(cover),
  'cover.closed': ({ by, cover, shift }) => {
    const told = (notice: NoticeTelling['notice']): NoticeTelling => ({
      notice,
      id: cover.shiftId,
      audience: { to: 'people', people: these(cover.by) },
      exclude: byOne(by),
      subject: about('cover', cover.id, ({ state }) => state === cover.state),
    });
    if (cover.state === 'filled') return told('swap-accepted');
    // It begins now, and nobody came in.
    const stood = shift?.status === 'planned' && signUpOf(shift, cover.by) !== null;
    return cover.state === 'over' && stood ? told('cover-failed') : null;
  },
};
