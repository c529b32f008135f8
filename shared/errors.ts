import * as v from 'valibot';

/** Every error code of the product; `server/errors.ts` alone knows their HTTP statuses. */
export const ErrorCode = v.picklist([
  'NOT_SIGNED_IN',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'INVALID_INPUT',
  'IDEMPOTENCY_KEY_REUSED',
  'RATE_LIMITED',
  'INTERNAL',
  'UNAVAILABLE',
]);
export type ErrorCode = v.InferOutput<typeof ErrorCode>;

export const Issue = v.object({ path: v.string(), message: v.string() });
export type Issue = v.InferOutput<typeof Issue>;

/** RFC 9457 problem details, as every refused request answers. */
export const Problem = v.object({
  type: v.string(),
  title: v.string(),
  status: v.number(),
  code: ErrorCode,
  issues: v.optional(v.array(Issue)),
});
export type Problem = v.InferOutput<typeof Problem>;
