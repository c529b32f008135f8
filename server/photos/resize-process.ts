import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import type { Pixels } from './files.ts';
import { prepareSharp, resize } from './resize.ts';

/** What the process is sent, one at a time, and what it answers; null for what is no picture. Its first word is `ready`. */
export type ResizeOrder = { bytes: Uint8Array };
export type ResizeAnswer = { pixels: Pixels | null };

// Strangers' bytes are decoded here by native code, in a process that may be killed at any moment.
const mostMemory = 700 * 1024 * 1024;
const lookEveryMs = 20;

// Alerts go before photos; and should memory run out, this process is the one to go.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
try {
  writeFileSync('/proc/self/oom_score_adj', '1000');
} catch {
  // Linux alone has it.
}
// V8's own limits do not count what libvips takes.
setInterval(() => {
  if (process.memoryUsage.rss() > mostMemory) process.kill(process.pid, 'SIGKILL');
}, lookEveryMs).unref();

prepareSharp();
process.on('message', ({ bytes }: ResizeOrder) => {
  void resize(bytes).then((pixels) => process.send?.({ pixels } satisfies ResizeAnswer));
});
// The server has gone.
process.on('disconnect', () => process.exit());
process.send?.('ready');
