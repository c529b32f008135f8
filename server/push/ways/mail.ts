import nodemailer from 'nodemailer';
import * as v from 'valibot';
import type { Outcome } from '../outcome.ts';
import { bodyOf, type Note } from './note.ts';
import type { StoredWay } from './way.ts';
import { wayWords } from './words.ts';

/** The operator's mail server, from `SMTP_URL` and `SMTP_FROM`. */
export type MailServer = { url: string; from: string };

const connections = 3;
const stopPath = (personId: string, { id, stop }: StoredWay) => `${personId}.${id}.${stop}`;

/** Where a mail is stopped: one address for mail programs (RFC 8058), one for people. */
export function stopLinks(personId: string, way: StoredWay): { program: string; page: string } {
  const code = stopPath(personId, way);
  return { program: `${way.origin}/api/ways/stop/${code}`, page: `${way.origin}/stop/${code}` };
}

function textOf(note: Note, way: StoredWay, page: string): string {
  const words = wayWords[way.locale];
  const head = [note.title, bodyOf(note)];
  if (note.url === null) return `${head.join('\n\n')}\n`;
  return [
    head.join('\n'),
    `${words.open}:\n${note.url}`,
    words.emergency,
    // The line by which programs know where a mail ends (RFC 3676, 4.3).
    `-- \n${words.why}\n${page}\n`,
  ].join('\n\n');
}

/**
 * Sends mails: text alone, without pictures, tracking or anything to load.
 * @param pooled whether connections are kept for the next mail
 */
export function createMailer(
  server: MailServer,
  { pooled, timeoutMs }: { pooled: boolean; timeoutMs: number },
) {
  const timeouts = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs };
  const safe = { disableFileAccess: true, disableUrlAccess: true };
  const transporter = pooled
    ? nodemailer.createTransport({
        pool: true,
        url: server.url,
        maxConnections: connections,
        // Whether and when it is tried again is the queue's business.
        maxRequeues: 0,
        ...timeouts,
        ...safe,
      })
    : nodemailer.createTransport({ url: server.url, ...timeouts, ...safe });

  /** Never rejects. */
  async function send(personId: string, way: StoredWay, note: Note): Promise<Outcome> {
    const { program, page } = stopLinks(personId, way);
    const { hostname } = new URL(way.origin);
    try {
      await transporter.sendMail({
        from: server.from,
        to: { name: '', address: way.address },
        subject: note.url === null ? note.title : `${note.title} · ${note.text}`,
        text: textOf(note, way, page),
        textEncoding: 'quoted-printable',
        messageId: `<${note.id}@${hostname}>`,
        ...(note.url === null ? {} : { references: `<${note.thread}@${hostname}>` }),
        date: new Date(note.at),
        headers: {
          'Auto-Submitted': 'auto-generated',
          'Content-Language': way.locale,
          ...(note.url === null
            ? {}
            : { 'List-Unsubscribe': `<${program}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }),
          ...(note.priority >= 4 ? { Importance: 'high' } : {}),
        },
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { kind: 'accepted' };
    } catch (error) {
      return failureOf(error);
    }
  }

  return { send, close: () => transporter.close() };
}

/** What of the library's errors counts. */
const Failure = v.object({
  code: v.optional(v.string(), 'network'),
  command: v.optional(v.string()),
  responseCode: v.optional(v.number(), 0),
  response: v.optional(v.string(), ''),
});

/** What failed before the mail was handed over. */
const beforeHanding = new Set(['ECONNECTION', 'EDNS', 'ETLS', 'ECONNREFUSED', 'ENOTFOUND']);

/** The reader is not known there (RFC 3463, X.1.X); what is said of the sender's own address is not meant. */
const unknownReader = /^5\d\d[ -]5\.1\.(?:1|2|3|6|10)\b/u;
/** It takes nothing from us as we are (X.7.X), or not from our address. */
const refusesUs = /^5\d\d[ -]5\.(?:7\.\d+|1\.[078])\b/u;
const hasCode = /^5\d\d[ -]5\.\d+\.\d+\b/u;
/** How servers that give no such code say that it is us whom they do not serve. */
const ofUs = /relay|rcpthosts|block|black|listed|spam|denied|polic/iu;

/** Whether a refusal, at any command, is the operator's to mend: it says nothing of this reader. */
const isPolicy = (response: string) =>
  refusesUs.test(response) || (response.startsWith('5') && !hasCode.test(response) && ofUs.test(response));

/** What a mail server's refusal means: for good only where it says so of this reader (RFC 5321, 4.2). */
function failureOf(error: unknown): Outcome {
  const failure = v.safeParse(Failure, error);
  const { code, command, responseCode, response } = failure.success
    ? failure.output
    : { code: 'network', command: '', responseCode: 0, response: '' };
  if (code === 'EAUTH' || code === 'ENOAUTH') return { kind: 'rejected', reason: 'smtp-auth' };
  if (isPolicy(response)) return { kind: 'rejected', reason: 'smtp-policy' };
  const reason = responseCode > 0 ? `smtp-${responseCode}` : `smtp-${code.toLowerCase()}`;
  const noReader = [550, 551, 553].includes(responseCode) && !hasCode.test(response);
  if (command === 'RCPT TO' && (noReader || unknownReader.test(response))) return { kind: 'gone' };
  if (responseCode >= 500) return { kind: 'impossible', reason };
  const mayHaveArrived = responseCode === 0 && !beforeHanding.has(code);
  return { kind: 'retry', reason, afterMs: null, mayHaveArrived };
}
