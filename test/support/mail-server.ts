import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { eventually } from './eventually.ts';

/** How the next mails are treated: taken, refused by a reply such as `550 5.1.1 no such user`, or cut off. */
type Behaviour = 'accept' | 'cut' | { status: number; message: string };
export type Mail = {
  to: string[];
  /** By lower-case name, unfolded and decoded. */
  headers: ReadonlyMap<string, string>;
  text: string;
  raw: string;
};

const quotedPrintable = (text: string) =>
  Buffer.from(
    text
      .replaceAll(/=\r?\n/gu, '')
      .replaceAll(/=([\dA-F]{2})/giu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');

/** Encoded words of a header (RFC 2047). */
const decoded = (value: string) =>
  value
    .replaceAll(/(=\?[^?]+\?[QB]\?[^?]*\?=)\s+(?==\?)/giu, '$1')
    .replaceAll(/=\?utf-8\?([QB])\?([^?]*)\?=/giu, (_, how: string, text: string) =>
      how.toUpperCase() === 'B'
        ? Buffer.from(text, 'base64').toString('utf8')
        : quotedPrintable(text.replaceAll('_', ' ')),
    );

function parse(raw: string, to: string[]): Mail {
  const end = raw.indexOf('\r\n\r\n');
  const lines = raw
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/gu, ' ')
    .split('\r\n');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), decoded(line.slice(colon + 1).trim())] as const;
    }),
  );
  const body = raw.slice(end + 4);
  const text = headers.get('content-transfer-encoding') === 'quoted-printable' ? quotedPrintable(body) : body;
  return { to, headers, text: text.replaceAll('\r\n', '\n'), raw };
}

/** A mail server of its own (RFC 5321) that keeps what it is given. */
export async function startMailServer() {
  const mails: Mail[] = [];
  let plan: Behaviour[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo(_address, _session, done) {
      const next = plan.shift() ?? 'accept';
      if (next === 'accept') return done();
      if (next === 'cut') {
        // oxlint-disable-next-line no-underscore-dangle -- the library hands out no other way to break a connection
        for (const connection of server.connections) connection._socket.destroy();
        return undefined;
      }
      return done(Object.assign(new Error(next.message), { responseCode: next.status }));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        mails.push(parse(Buffer.concat(chunks).toString('utf8'), to));
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    /** The next readers are treated so, one after the other. */
    behave(behaviours: Behaviour[]): void {
      plan = [...behaviours];
    },
    reset(): void {
      mails.length = 0;
      plan = [];
    },
    waitFor: (condition: (mails: readonly Mail[]) => boolean) =>
      eventually(() => condition(mails), { what: 'the mails at the server' }),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
      }),
  };
}

export type MailServer = Awaited<ReturnType<typeof startMailServer>>;
