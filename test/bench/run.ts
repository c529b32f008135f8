import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchApp } from './app-bench.ts';
import { benchFanout } from './fanout.ts';
import type { Row } from './figures.ts';
import { benchPatrol } from './patrol.ts';
import { benchPreferences } from './preferences.ts';
import { benchPush } from './push.ts';
import { benchPushCrowd } from './push-crowd.ts';
import { benchReceipts } from './receipts.ts';

/**
 * `npm run bench [-- --json] [--only fanout,push,crowd,app,receipts,patrol,preferences] [--rounds 9] [--sockets 2000]`: each figure beside its peer,
 * taken in turns in the same run. Ratios are medians of the rounds' ratios.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string', default: 'fanout,app,push,crowd,receipts,patrol,preferences' },
    rounds: { type: 'string', default: '9' },
    sockets: { type: 'string', default: '2000' },
  },
});
const rounds = Number(values.rounds);
const sockets = Number(values.sockets);

// Node takes all files that the system lets it open; four ways of broadcasting hold their sockets at the same time.
const openFiles = Number(
  execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).replace('unlimited', 'Infinity'),
);
if (openFiles < sockets * 4 + 500) {
  throw new Error(
    `this system allows ${openFiles} open files; ${sockets} sockets need ${sockets * 4 + 500} (--sockets)`,
  );
}

const parts: Record<string, () => Promise<{ rows: Row[] }>> = {
  fanout: () => benchFanout(sockets, rounds),
  app: () => benchApp({ sockets, rounds: Math.min(rounds, 5), seconds: 4 }),
  push: benchPush,
  crowd: () => benchPushCrowd(Math.min(rounds, 5)),
  patrol: () => benchPatrol(sockets, Math.min(rounds, 3)),
  preferences: () => benchPreferences(rounds),
  receipts: () => benchReceipts(Math.min(rounds, 3)),
};

const rows: Row[] = [];
for (const name of values.only.split(',')) {
  const part = parts[name];
  if (part === undefined) throw new Error(`there is no part ${name}: ${Object.keys(parts).join(', ')}`);
  if (!values.json) console.error(`${name} …`);
  rows.push(...(await part()).rows);
}

if (values.json) {
  console.log(JSON.stringify({ node: process.version, cores: cpus().length, rows }, null, 2));
} else {
  console.log(`Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'})\n`);
  console.log('| figure | Vigie | peer | peer’s | ratio | aim |\n|---|---|---|---|---|---|');
  for (const { figure, ours, peer, peerValue, ratio, aim } of rows) {
    console.log(
      `| ${figure} | ${ours} | ${peer} | ${peerValue} | ${ratio === null ? '' : ratio.toFixed(2)} | ${aim} |`,
    );
  }
}
process.exit(0);
