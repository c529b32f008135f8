import { pino } from 'pino';
import { createClient } from 'redis';
import { startEmbeddedRedis } from '../../../server/redis/embedded.ts';

// An app as small as can be: a process with a private Redis. Says on standard output what a test needs to know; on
// SIGINT it writes once more, then stops, as the server finishes its work.
const [dataDir = ''] = process.argv.slice(2);
const say = (word: string, about: object) => process.stdout.write(`${JSON.stringify({ word, ...about })}\n`);
const logger = pino({ level: 'info' }, process.stderr);

try {
  const redis = await startEmbeddedRedis({ dataDir, logger });
  const finish = async () => {
    if (redis.target.kind !== 'socket') return;
    const client = createClient({ socket: { path: redis.target.path, tls: false } });
    await client.connect();
    await client.set('last-words', 'written');
    client.destroy();
    await redis.stop();
    say('stopped', {});
  };
  process.once('SIGINT', () => void finish());
  say('serving', { adopted: redis.adopted(), target: redis.target });
} catch (error) {
  say('refused', { reason: error instanceof Error ? error.message : String(error) });
}
