import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Logger } from 'pino';
import type { ErrorCode, Issue, Problem } from '../shared/errors.ts';

const catalogue: Record<ErrorCode, { status: ContentfulStatusCode; title: string }> = {
  NOT_SIGNED_IN: { status: 401, title: 'You are not signed in.' },
  FORBIDDEN: { status: 403, title: 'You may not do this.' },
  NOT_FOUND: { status: 404, title: 'There is nothing here.' },
  CONFLICT: { status: 409, title: 'This does not fit what is there now.' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'This is too large.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'Send application/json.' },
  INVALID_INPUT: { status: 422, title: 'Something in this is not valid.' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'This Idempotency-Key was used for something else.' },
  RATE_LIMITED: { status: 429, title: 'Too many requests; wait a little.' },
  INTERNAL: { status: 500, title: 'Something went wrong on the server.' },
  UNAVAILABLE: { status: 503, title: 'The store does not answer; try again soon.' },
};

/** Refusal that reaches the caller as problem+json. Never carries what was sent. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly issues: Issue[] | undefined;
  /** Seconds until a retry makes sense, for `Retry-After`. */
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, options: { issues?: Issue[]; retryAfter?: number; cause?: unknown } = {}) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.issues = options.issues;
    this.retryAfter = options.retryAfter;
  }
}

/** What may be logged of an error that arose over somebody's data: its message and issues may hold what was read. */
export const kindOfError = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

/** The refusal of one field, in the form of every bad input. */
export function invalid(path: string, message: string): AppError {
  return new AppError('INVALID_INPUT', { issues: [{ path, message }] });
}

/** RFC 9457 body and headers of a refusal, for HTTP handlers and for handshakes outside Hono. */
export function problemOf(error: AppError): {
  status: ContentfulStatusCode;
  headers: Record<string, string>;
  body: Problem;
} {
  const { status, title } = catalogue[error.code];
  const retryAfter = error.retryAfter ?? (error.code === 'UNAVAILABLE' ? 2 : undefined);
  return {
    status,
    headers: {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      ...(retryAfter === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(retryAfter))) }),
    },
    body: {
      type: `/api/docs#${error.code}`,
      title,
      status,
      code: error.code,
      ...(error.issues === undefined ? {} : { issues: error.issues }),
    },
  };
}

/** Turns anything thrown into a refusal; what nobody expected becomes INTERNAL. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof HTTPException) {
    if (error.status === 413) return new AppError('PAYLOAD_TOO_LARGE');
    if (error.status === 400) return invalid('', 'must be JSON');
    if (error.status === 404) return new AppError('NOT_FOUND');
  }
  return new AppError('INTERNAL', { cause: error });
}

/** The app's one error handler: no stack, no message and nothing of the request leaves. */
export function createErrorHandler(logger: Logger) {
  return (thrown: Error, c: Context): Response => {
    const error = toAppError(thrown);
    if (error.code === 'INTERNAL') {
      logger.error({ err: error.cause, method: c.req.method, route: c.req.routePath }, 'request failed');
    }
    const { status, headers, body } = problemOf(error);
    return c.body(JSON.stringify(body), status, headers);
  };
}
