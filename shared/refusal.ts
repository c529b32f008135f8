import type { ErrorCode } from './errors.ts';

/** Why a decision says no. `path`: what of the command it is about; '' where it is about all of it. */
export type Refusal = { ok: false; code: ErrorCode; path: string; message: string };

export const refuse = (code: ErrorCode, message: string, path = ''): Refusal => ({
  ok: false,
  code,
  path,
  message,
});
