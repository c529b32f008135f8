import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

/** What takes long begins first, so that no worker is left alone with it at the end. */
const longest = [
  '/test/journeys/',
  '/test/running/',
  '/test/browser/accessibility.',
  '/test/browser/evening.',
];
/** What keeps a core at work all the time. */
const busy = '/test/browser/';

/** The busy ones spread among those that mostly wait, so that there are never only such or only such. */
class Mixed extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => longest.some((part) => moduleId.includes(part));
    // oxlint-disable-next-line unicorn/no-array-sort -- the sequencer’s own
    const sorted = await super.sort(files);
    const rest = sorted.filter((file) => !isLong(file));
    const waiting = rest.filter(({ moduleId }) => !moduleId.includes(busy));
    const working = rest.filter(({ moduleId }) => moduleId.includes(busy));
    const share = Math.ceil(waiting.length / Math.max(1, working.length));
    const mixed = working.flatMap((file, i) => [file, ...waiting.slice(i * share, (i + 1) * share)]);
    return [...sorted.filter(isLong), ...mixed, ...waiting.slice(working.length * share)];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    sequence: { sequencer: Mixed },
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
