import { createForgetting } from '../../server/incidents/forgetting.ts';
import { forgetNames } from '../../server/neighbourhoods/forgetting.ts';
import { photoRetention } from '../../server/photos/retention.ts';
import { compaction } from '../../server/redis/compaction.ts';
import { retention } from '../../server/timers/retention.ts';
import type { TestApp } from './app.ts';
import { eventually } from './eventually.ts';

/** What the server does once a day for a neighbourhood, as of the test's clock. */
export const daily = ({ deps }: Pick<TestApp, 'deps'>) =>
  retention(deps, [createForgetting(deps).forgetDue, forgetNames(deps), photoRetention(deps).sweep]);

/** Lets Redis rewrite its file, and waits until it has. */
export async function compacted({ deps, redis }: TestApp): Promise<void> {
  const rewrites = async () => String(await redis.send('any', 'INFO', 'persistence'));
  // Else the file's beginning is compressed, and a search of its bytes would say nothing.
  await redis.send('any', 'CONFIG', 'SET', 'rdbcompression', 'no');
  await compaction(deps)();
  await eventually(async () => /^aof_rewrite_in_progress:0/mu.test(await rewrites()), {
    what: 'the rewrite of the file',
  });
}
