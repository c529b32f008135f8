import type { Context, MiddlewareHandler, Next } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import { describeRoute, resolver, validator } from 'hono-openapi';
import * as v from 'valibot';
import { Problem } from '../shared/errors.ts';
import { AppError, invalid } from './errors.ts';

/** The largest JSON body: 16 KiB. */
export const maxBody = 16 * 1024;

type AnySchema = v.GenericSchema | v.GenericSchema<unknown, unknown>;

function issuesOf(issues: readonly { message: string; path?: readonly unknown[] | undefined }[]) {
  return issues.slice(0, 10).map((issue) => ({
    path: (issue.path ?? [])
      .map((part) =>
        typeof part === 'object' && part !== null && 'key' in part ? String(part.key) : String(part),
      )
      .join('.')
      // An unknown field's name is the sender's own words.
      .slice(0, 100),
    // A schema's own messages may quote what was sent; ours say what is wanted.
    message: issue.message.replace(/ but received .*$/su, '').slice(0, 200),
  }));
}

/** Other methods' bodies are never read. */
export const hasBody = ({ req }: Context): boolean => ['POST', 'PUT', 'PATCH'].includes(req.method);

const limitBody = bodyLimit({
  maxSize: maxBody,
  onError: () => {
    throw new AppError('PAYLOAD_TOO_LARGE');
  },
});

async function countedBody(c: Context, next: Next): Promise<Response | void> {
  let isRead = false;
  const goOn = async () => {
    isRead = true;
    await next();
  };
  try {
    return await limitBody(c, goOn);
  } catch (error) {
    if (isRead || error instanceof AppError) throw error;
    // Cut off on its way.
    throw invalid('', 'must be JSON');
  }
}

/**
 * Refuses what is no JSON and what is larger than `maxBody`, before anything reads it. A declared length is believed,
 * since HTTP's framing holds the sender to it; what comes in chunks is counted, which costs several times as much.
 */
export const jsonBody: MiddlewareHandler = createMiddleware(async (c, next) => {
  if (!hasBody(c)) return await next();
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new AppError('UNSUPPORTED_MEDIA_TYPE');
  const declared = c.req.header('content-length');
  if (declared === undefined || c.req.header('transfer-encoding') !== undefined)
    return await countedBody(c, next);
  if (Number(declared) > maxBody) throw new AppError('PAYLOAD_TOO_LARGE');
  return await next();
});

/** Parses the body with its schema; every bad input is `INVALID_INPUT` with its issues, and echoes nothing. */
export function json<Schema extends AnySchema>(schema: Schema) {
  return validator('json', schema, (result) => {
    if (!result.success) throw new AppError('INVALID_INPUT', { issues: issuesOf(result.error) });
  });
}

/** Parses the query with its schema; a parameter given twice is refused. */
export function query<Schema extends AnySchema>(schema: Schema) {
  return validator('query', schema, (result) => {
    if (!result.success) throw new AppError('INVALID_INPUT', { issues: issuesOf(result.error) });
  });
}

const problem = { content: { 'application/problem+json': { schema: resolver(Problem) } } };

/** Describes a route for `/api/openapi.json`: what it is for, what it answers, and the shared refusals. */
export function describe(summary: string, status: 200 | 201 | 204, schema?: AnySchema) {
  return describeRoute({
    summary,
    responses: {
      [status]:
        schema === undefined
          ? { description: 'Done' }
          : { description: 'Done', content: { 'application/json': { schema: resolver(schema) } } },
      default: { description: 'Refused (RFC 9457)', ...problem },
    },
  });
}

/** Parses what only the path carries; a malformed id cannot exist. @throws AppError NOT_FOUND */
export function pathParam(schema: v.GenericSchema<unknown, string>, value: string | undefined): string {
  const result = v.safeParse(schema, value);
  if (!result.success) throw new AppError('NOT_FOUND');
  return result.output;
}
