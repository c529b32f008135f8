import type { Context } from 'hono';
import type { Guarded } from '../auth/guards.ts';
import { type CodeCheck, checkCode, getCodes } from '../codes.ts';
import type { Deps } from '../deps.ts';

/** What a command's code is: null where none was given; and whether its member set codes at all. */
export type GivenCode = { check: CodeCheck | null; hasCodes: boolean };

/** Reads what the code of a command is: once, however often the command is decided. */
export function givenCodes({ redis, limits }: Pick<Deps, 'redis' | 'limits'>) {
  return async (c: Context<Guarded>, code: string | undefined): Promise<GivenCode> => {
    const { neighbourhoodId, member } = c.var;
    const codes = await getCodes(redis, neighbourhoodId, member.id);
    const check = code === undefined ? null : await checkCode(limits, member.id, codes, code);
    return { check, hasCodes: codes !== null };
  };
}
