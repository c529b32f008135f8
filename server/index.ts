import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { renderUnicodeCompact } from 'uqr';
import { exitConfiguration, parseEnv } from './env.ts';
import { lanAddress } from './lan-address.ts';
import { type RunningServer, startServer } from './server.ts';

const parsed = parseEnv();
if (!parsed.ok) {
  process.stderr.write(`vigie: ${parsed.message}\n`);
  process.exit(exitConfiguration);
}
const { env } = parsed;
const logger = pino({
  level: env.LOG_LEVEL,
  base: null,
  redact: [
    'req.headers.cookie',
    'req.headers.authorization',
    'cookie',
    'token',
    'secret',
    'endpoint',
    'keys',
  ],
});

let running: RunningServer | undefined;
let stopping = false;

async function stop(): Promise<void> {
  // A second Ctrl-C does not cut short what must be written.
  if (stopping) return;
  stopping = true;
  // Whatever hangs at the end must not keep a terminal waiting.
  setTimeout(() => process.exit(1), 10_000).unref();
  await running?.stop();
  process.exit(0);
}

// An error that nobody caught leaves a state that nobody knows: the launcher starts afresh.
process.on('uncaughtException', (error) => {
  logger.fatal({ err: error }, 'unexpected');
  process.exitCode = 1;
  void (running?.stop() ?? Promise.resolve()).finally(() => process.exit(1));
  setTimeout(() => process.exit(1), 5000).unref();
});
process.on('SIGINT', () => void stop());
process.on('SIGTERM', () => void stop());

try {
  running = await startServer(env, logger, fileURLToPath(new URL('../client/', import.meta.url)));
  const port = new URL(running.url).port;
  const address = env.PUBLIC_URL ?? lanAddress(port) ?? running.url;
  process.stdout.write(`\n${renderUnicodeCompact(address)}\n  Vigie is at ${running.url}\n`);
  if (address !== running.url) process.stdout.write(`  and for phones at ${address}\n`);
} catch (error) {
  // One line that a person can act on; the details are for whoever asks for them.
  logger.debug({ err: error }, 'start failed');
  process.stderr.write(`vigie: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(exitConfiguration);
}
