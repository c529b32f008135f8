// Loaded before the server by the launcher, which holds the other end of this channel: the channel's end means that
// the launcher is gone, `kill -9` included, and then the server ends too, in good order.
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.channel !== undefined) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // The channel alone is no reason to stay.
  process.channel.unref();
}
