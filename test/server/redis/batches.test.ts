import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inBatches } from '../../../server/redis/batches.ts';

/** Commits that are answered when the test says so. */
function stage(lanes = 2) {
  const send = inBatches(lanes);
  const sent: { lane: number; answer: () => void; fail: () => void }[] = [];
  const commit = () =>
    send(
      (lane) =>
        new Promise<void>((resolve, reject) => {
          sent.push({ lane, answer: resolve, fail: () => reject(new Error('away')) });
        }),
    );
  return { sent, commit };
}

describe('batches of commits', () => {
  it('[EL13] leave at once where nothing is under way', async () => {
    const { sent, commit } = stage();
    for (let i = 0; i < 3; i += 1) {
      const committed = commit();
      expect(sent).toHaveLength(i + 1);
      sent[i]?.answer();
      await committed;
    }
    expect(sent.map(({ lane }) => lane)).toEqual([0, 0, 0]);
  });

  it('[EL13] wait for those that are under way, then leave together over all lanes', async () => {
    const { sent, commit } = stage();
    const all = Array.from({ length: 9 }, commit);
    await turn();
    expect(sent).toHaveLength(1);
    sent[0]?.answer();
    await turn();
    expect(sent.slice(1).map(({ lane }) => lane)).toEqual([0, 0, 0, 1, 1, 1, 0, 0]);
    const late = commit();
    for (const { answer } of sent.slice(1, -1)) answer();
    await turn();
    expect(sent).toHaveLength(9);
    sent[8]?.answer();
    await turn();
    expect(sent).toHaveLength(10);
    sent[9]?.answer();
    await Promise.all([...all, late]);
  });

  it('[EL13] that fail hold up none', async () => {
    const { sent, commit } = stage();
    const first = commit();
    const second = commit();
    sent[0]?.fail();
    await expect(first).rejects.toThrow('away');
    await turn();
    sent[1]?.answer();
    await second;
  });
});
