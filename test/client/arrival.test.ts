import { afterEach, expect, it, vi } from 'vitest';
import { acknowledge } from '../../client/sw/arrival.ts';
import type { Kept } from '../../client/sw/notification.ts';
import { memoryStorage } from './storage.ts';

const n = 'n'.repeat(16);
const id = 'i'.repeat(16);
const drill = { about: { of: 'drill', neighbourhoodId: n, drillId: id } } as const;
const alert = { about: { of: 'alert', neighbourhoodId: n, incidentId: id } } as const;
const test = { about: null, test: 't'.repeat(16) };

afterEach(() => {
  vi.unstubAllGlobals();
});

/** What is sent once a push was shown, or could not be. */
async function said(kept: Pick<Kept, 'about' | 'test'>, shown: Promise<void>): Promise<unknown[]> {
  const sent: [string, string][] = [];
  vi.stubGlobal('fetch', async (address: string, { body }: { body: string }) => {
    sent.push([address.replace('/api/', ''), body]);
    return new Response(null, { status: 204 });
  });
  await acknowledge(memoryStorage(), shown, kept, 1_700_000_000_000);
  return sent.toSorted(([a], [b]) => a.localeCompare(b));
}
const refused = () => Promise.reject(new TypeError('No notification permission has been granted.'));

const seen = (what: string, body: object) => [`neighbourhoods/${n}/${what}/${id}/seen`, JSON.stringify(body)];
const arrival = (body: object = {}) => ['push/arrival', JSON.stringify(body)];

it('[DR9] a drill is shown, and a test arrived, once their notification is there', async () => {
  expect(await said(drill, Promise.resolve())).toEqual([seen('drills', { kind: 'got' }), arrival()]);
  expect(await said(test, Promise.resolve())).toEqual([arrival({ test: test.test })]);
  expect(await said(drill, refused())).toEqual([arrival()]);
  expect(await said(test, refused())).toEqual([arrival()]);
});

it('[DR9] an alert that cannot be shown has come all the same, and says so at once', async () => {
  const got = [seen('incidents', { kind: 'got', of: 'alert' }), arrival()];
  expect(await said(alert, refused())).toEqual(got);
  // It waits for nothing.
  expect(await said(alert, new Promise(() => undefined))).toEqual(got);
});
