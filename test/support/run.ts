import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const name = 'VIGIE_TEST_RUN';

/** A folder for what lives as long as the whole run: what a worker left there when it was ended goes with it. */
export function setup(): void {
  process.env[name] = mkdtempSync(join(tmpdir(), 'vigie-test-run-'));
}

/** Called once all workers are gone. */
export async function teardown(): Promise<void> {
  // A server that a worker held is still on its way out.
  await rm(process.env[name] ?? '', { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
