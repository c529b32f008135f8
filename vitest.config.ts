import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

/** What takes long begins first, so that no worker is left alone with it at the end. */
const longest = ['/test/journeys/', '/test/running/', '/test/browser/'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => longest.some((folder) => moduleId.includes(folder));
    // oxlint-disable-next-line unicorn/no-array-sort -- the sequencer’s own
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/support/run.ts'],
    setupFiles: ['test/support/setup.ts'],
    pool: 'forks',
    // What a test changes it changes in parts of its own: a worker imports the server once, not for each file.
    isolate: false,
    // Much is made and soon let go: with room for it a worker spends half as long on collecting it.
    execArgv: ['--max-semi-space-size=64'],
    // Many tests wait for times that pass by themselves: one more than the cores of a small machine.
    maxWorkers: 3,
    // A slow machine that does other work too must not fail what is right: only what never comes true runs into these.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000, interval: 50 } },
  },
});
