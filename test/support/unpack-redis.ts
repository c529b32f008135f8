import { pino } from 'pino';
import { unpackDistributionRedis } from '../../server/redis/apt.ts';

// For `npm test` on a machine without Redis: what `npm start` does there.
const [folder = ''] = process.argv.slice(2);
await unpackDistributionRedis(folder, pino({ level: 'warn' }, process.stderr));
