import { isAbsolute, resolve } from 'node:path';
import * as v from 'valibot';

const Origin = v.pipe(
  v.string(),
  v.check(
    (text) => URL.canParse(text) && /^https?:$/u.test(new URL(text).protocol),
    'must be an http(s) address',
  ),
  v.transform((text) => new URL(text).origin),
);
const list = v.pipe(
  v.string(),
  v.transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  ),
);
const port = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}$/u, 'must be a port number'),
  v.transform(Number),
  v.maxValue(65_535),
);
const redisUrl = v.pipe(
  v.string(),
  v.regex(/^(rediss?|unix):\/\//u, 'must start with redis://, rediss:// or unix://'),
);
const tileUrl = v.pipe(
  v.string(),
  v.check(
    (text) =>
      text === 'none' ||
      (/^https?:\/\//u.test(text) && ['{z}', '{x}', '{y}'].every((part) => text.includes(part))),
    'must be none, or an address with {z}, {x} and {y}',
  ),
);

const Env = v.pipe(
  v.object({
    PORT: v.optional(port, '8080'),
    HOST: v.optional(v.string(), '0.0.0.0'),
    PUBLIC_URL: v.optional(Origin),
    DATA_DIR: v.optional(v.string(), './data'),
    REDIS_URL: v.optional(redisUrl),
    REDIS_CLUSTER_NODES: v.optional(
      v.pipe(
        list,
        v.everyItem((node) => /^[^\s:]+:\d{1,5}$/u.test(node), 'must be host:port,host:port'),
      ),
    ),
    VAPID_PUBLIC_KEY: v.optional(v.string()),
    VAPID_PRIVATE_KEY: v.optional(v.string()),
    VAPID_SUBJECT: v.optional(
      v.pipe(v.string(), v.regex(/^(mailto:.+@.+|https:\/\/.+)$/u, 'must be a mailto: or https: address')),
    ),
    PUSH_EXTRA_ORIGINS: v.optional(
      v.pipe(
        list,
        v.everyItem((o) => URL.canParse(o), 'must be origins'),
      ),
      '',
    ),
    SMTP_URL: v.optional(
      v.pipe(
        v.string(),
        v.check(
          (text) => URL.canParse(text) && /^smtps?:$/u.test(new URL(text).protocol),
          'must start with smtp:// or smtps://',
        ),
      ),
    ),
    SMTP_FROM: v.optional(
      v.pipe(
        v.string(),
        v.regex(/^[^\r\n]*[^\s@]@[^\s@]+$|^[^\r\n]*<[^\s@]+@[^\s@]+>$/u, 'must be a mail address'),
      ),
    ),
    WAYS_EXTRA_ORIGINS: v.optional(
      v.pipe(
        list,
        v.everyItem((o) => URL.canParse(o), 'must be origins'),
      ),
      '',
    ),
    TILE_URL: v.optional(tileUrl, 'https://tile.openstreetmap.org/{z}/{x}/{y}.png'),
    BASEMAP: v.optional(v.pipe(v.string(), v.endsWith('.pmtiles', 'must be a .pmtiles file'))),
    TRUST_PROXY: v.optional(v.pipe(v.picklist(['0', '1', '2', '3']), v.transform(Number)), '0'),
    ROLES: v.optional(
      v.pipe(
        list,
        v.everyItem((role) => role === 'web' || role === 'worker', 'must be web, worker or web,worker'),
      ),
      'web,worker',
    ),
    RATE_LIMITS: v.optional(v.picklist(['on', 'off']), 'on'),
    LOG_LEVEL: v.optional(v.picklist(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']), 'info'),
    FOUNDING: v.optional(v.picklist(['open', 'closed']), 'open'),
  }),
  v.transform((env) => ({
    ...env,
    DATA_DIR: isAbsolute(env.DATA_DIR) ? env.DATA_DIR : resolve(env.DATA_DIR),
  })),
  v.check(
    (env) => (env.VAPID_PUBLIC_KEY === undefined) === (env.VAPID_PRIVATE_KEY === undefined),
    'VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY go together',
  ),
  v.check(
    (env) => (env.SMTP_URL === undefined) === (env.SMTP_FROM === undefined),
    'SMTP_URL and SMTP_FROM go together',
  ),
  // A mail's links must not depend on what a request claims to have asked for.
  v.check(
    (env) => env.SMTP_URL === undefined || env.PUBLIC_URL !== undefined,
    'SMTP_URL needs PUBLIC_URL for the links in mails',
  ),
  v.check(
    (env) => env.REDIS_URL === undefined || env.REDIS_CLUSTER_NODES === undefined,
    'REDIS_URL and REDIS_CLUSTER_NODES exclude each other',
  ),
);
export type Env = v.InferOutput<typeof Env>;

/** The start's exit code when the configuration is wrong: starting again would not help (sysexits.h, EX_CONFIG). */
export const exitConfiguration = 78;

/**
 * Parses the environment once. The only reader of `process.env`.
 * @returns the settings, or one line that names the first wrong variable without repeating its value
 */
export function parseEnv(
  source: NodeJS.ProcessEnv = process.env,
): { ok: true; env: Env } | { ok: false; message: string } {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const result = v.safeParse(Env, given);
  if (result.success) return { ok: true, env: result.output };
  const issue = result.issues[0];
  const name = v.getDotPath(issue)?.split('.')[0];
  return { ok: false, message: name === undefined ? issue.message : `${name} ${issue.message}` };
}
