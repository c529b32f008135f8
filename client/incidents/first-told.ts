import { isNewcomer } from '../../shared/standing.ts';
import type { Member, Neighbourhood } from '../../shared/neighbourhoods.ts';

/** Whether volunteers are told first of what this member raises now, as far as their device knows: the server decides. */
export function volunteersFirst(
  { joinedAt }: Pick<Member, 'joinedAt'>,
  { foundedAt }: Pick<Neighbourhood, 'foundedAt'>,
  { anonymous, at }: { anonymous: boolean; at: number },
): boolean {
  return anonymous || isNewcomer({ joinedAt, founder: joinedAt === foundedAt }, at);
}
