import { afterEach, describe, expect, it, vi } from 'vitest';
import { notificationWords } from '../../shared/notification-words.ts';
import { notificationOf, openPathOf } from '../../client/sw/notification.ts';
import { offerIn, send } from '../../client/sw/offers.ts';
import { noticeKinds, noticeOf } from '../../shared/notices.ts';

const key = 'b2a1c0de-0000-8000-8000-000000000000';
const message = {
  kind: 'notice',
  notice: 'check-in-due',
  neighbourhoodId: 'n'.repeat(16),
  neighbourhoodName: 'Rue des Lilas',
  id: 'p'.repeat(16),
  actions: [{ action: 'fine', key }],
  locale: 'fr',
} as const;
const path = `/api/neighbourhoods/${message.neighbourhoodId}/patrols/${message.id}/check-ins`;

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a notification about a shift or a round', () => {
  it('[PN1] says its kind and the neighbourhood in the reader’s language, and nothing else', () => {
    const { title, options } = notificationOf({ ...message, memberName: 'Ada' }, 'en');
    expect([title, options.body, options.lang]).toEqual(['Tout va bien\u00a0?', 'Rue des Lilas', 'fr']);
    expect(JSON.stringify({ title, options })).not.toContain('Ada');
    expect(options.data.open).toBe(`/n/${message.neighbourhoodId}/patrols/${message.id}`);
    expect(openPathOf(options.data)).toBe(options.data.open);
  });

  it.each(noticeKinds)('[PN1] %s has its words, and leads to where it can be read', (notice) => {
    for (const locale of ['en', 'fr'] as const) {
      const { title, options } = notificationOf({ ...message, notice, actions: [], locale }, 'en');
      expect(title).toBe(notificationWords[locale][`notice.${notice}`]);
      expect(openPathOf(options.data)).toBe(
        `/n/${message.neighbourhoodId}/${noticeOf(notice).at}/${message.id}`,
      );
    }
  });

  it('[PN2] takes the place of its like only, and stays where somebody must act', () => {
    const of = (notice: string, id: string = message.id) =>
      notificationOf({ ...message, notice, id }, 'en').options;
    expect(of('check-in-overdue')).toMatchObject({
      ...{ tag: of('check-in-due').tag, renotify: true, silent: false, requireInteraction: true },
    });
    expect(of('check-in-due').requireInteraction).toBe(false);
    expect(of('shift-soon').tag).not.toBe(of('shift-changed').tag);
    expect(of('shift-soon').tag).not.toBe(of('shift-soon', 'q'.repeat(16)).tag);
  });

  it('[PN4] offers what can be done at once, each as its command under its own key', () => {
    const { options } = notificationOf(message, 'en');
    expect(options.actions).toEqual([{ action: 'fine', title: 'Je vais bien' }]);
    expect(offerIn(options.data, 'fine')).toEqual({
      ...{ action: 'fine', title: 'Je vais bien', path, key },
      lifeMs: noticeOf('check-in-due').lifeMs,
    });
    // A click beside the button.
    expect(offerIn(options.data, '')).toBeNull();
    expect(
      offerIn({ offers: [{ action: 'fine', title: '', path: 'https://evil.example', key }] }, 'fine'),
    ).toBe(null);
  });

  it.each([
    ['done', async () => new Response('{}', { status: 201 })],
    ['refused', async () => new Response('{}', { status: 409 })],
    ['stranger', async () => new Response('{}', { status: 401 })],
    ['away', async () => new Response('{}', { status: 503 })],
    ['away', () => Promise.reject(new TypeError('no network'))],
  ] as const)('[PN4] a command that is %s says so', async (sent, answer) => {
    const asked: [string, RequestInit | undefined][] = [];
    vi.stubGlobal('fetch', (address: string, init?: RequestInit) => {
      asked.push([address, init]);
      return answer();
    });
    const offer = offerIn(notificationOf(message, 'en').options.data, 'fine');
    expect(offer && (await send(offer))).toBe(sent);
    expect(asked[0]?.[0]).toBe(path);
    expect(asked[0]?.[1]).toMatchObject({ method: 'POST', credentials: 'same-origin', body: '{}' });
    expect(new Headers(asked[0]?.[1]?.headers).get('Idempotency-Key')).toBe(key);
  });
});
