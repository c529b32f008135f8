import type { WayKind } from '../../../shared/ways.ts';
import type { Env } from '../../env.ts';
import type { Resolver } from '../endpoint.ts';
import type { Outcome } from '../outcome.ts';
import { createMailer, type MailServer } from './mail.ts';
import type { Note } from './note.ts';
import { createPosts } from './posts.ts';
import type { StoredWay } from './way.ts';

/** What the operator set for the ways beside push. */
export type WayOptions = { mail: MailServer | null; extraOrigins: readonly string[] };

export const noWays: WayOptions = { mail: null, extraOrigins: [] };

export const wayOptionsOf = ({
  SMTP_URL: url,
  SMTP_FROM: from,
  WAYS_EXTRA_ORIGINS: extraOrigins,
}: Pick<Env, 'SMTP_URL' | 'SMTP_FROM' | 'WAYS_EXTRA_ORIGINS'>): WayOptions => ({
  mail: url === undefined || from === undefined ? null : { url, from },
  extraOrigins,
});

/** By what this server can tell. */
export const kindsOf = ({ mail }: WayOptions): WayKind[] => [
  ...(mail === null ? [] : ['email' as const]),
  'ntfy',
  'webhook',
];

type CarrierOptions = {
  ways: WayOptions;
  now: () => number;
  timeoutMs: number;
  resolver?: Resolver;
  /** Whether connections to the mail server are kept for the next mail. */
  pooled: boolean;
};

/** Carries notes by whichever way: one a process. */
export function createCarriers({ ways, now, timeoutMs, resolver, pooled }: CarrierOptions) {
  const mailer = ways.mail === null ? null : createMailer(ways.mail, { pooled, timeoutMs });
  const posts = createPosts({
    extraOrigins: ways.extraOrigins,
    now,
    timeoutMs,
    ...(resolver === undefined ? {} : { resolver }),
  });

  return {
    /** One attempt. Never rejects: whatever happens is an outcome. */
    async send(personId: string, way: StoredWay, note: Note): Promise<Outcome> {
      if (way.kind !== 'email') return await posts.send(way, note);
      // The operator took the mail server away.
      return (await mailer?.send(personId, way, note)) ?? { kind: 'impossible', reason: 'smtp-none' };
    },
    close(): void {
      mailer?.close();
      posts.close();
    },
  };
}
