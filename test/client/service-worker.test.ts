import { describe, expect, it, vi } from 'vitest';
import { aboutIn, inPlaceOf, notificationOf, openPathOf } from '../../client/sw/notification.ts';
import { sendReceipt } from '../../client/sw/receipts.ts';
import { cachedFor, cacheNameOf } from '../../client/sw/shell.ts';

const message = {
  kind: 'alert',
  neighbourhoodId: 'n'.repeat(16),
  neighbourhoodName: 'Rue des Lilas',
  incidentId: 'i'.repeat(16),
  category: 'fire',
  severity: 'extreme',
  locale: 'fr',
} as const;
const origin = 'https://vigie.example';
const files = new Set(['/index.html', '/assets/index-abc.js', '/icon.svg']);
const request = (path: string, init: { method?: string; mode?: Request['mode'] } = {}) => ({
  method: init.method ?? 'GET',
  mode: init.mode ?? 'cors',
  url: new URL(path, origin).href,
});

describe('a push', () => {
  it('[SW1] shows the category and the neighbourhood in the reader’s language, and nothing else', () => {
    const { title, options } = notificationOf({ ...message, description: 'Smoke at Ada’s' }, 'en');
    expect(title).toBe('Feu ou fumée');
    expect(options.body).toBe('Rue des Lilas');
    expect(options.lang).toBe('fr');
    expect(JSON.stringify({ title, options })).not.toContain('Smoke');
  });

  it('[SW2] one notification an incident: the tag is the incident’s id, and it leads to the incident', () => {
    const { options } = notificationOf(message, 'en');
    expect(options.tag).toBe(message.incidentId);
    expect(options.data.open).toBe(`/n/${message.neighbourhoodId}/incidents/${message.incidentId}`);
  });

  it('[OC1] a correction takes the place of the alert with a sound, and says how it ended', () => {
    const correction = { ...message, kind: 'correction', outcome: 'false-alarm' };
    const { title, options } = notificationOf(correction, 'en');
    expect(title).toBe('Fausse alerte · Feu ou fumée');
    expect(notificationOf({ ...correction, locale: 'en', outcome: 'resolved' }, 'en').title).toBe(
      'All clear · Fire or smoke',
    );
    expect(options).toMatchObject({ tag: message.incidentId, renotify: true, requireInteraction: false });
    expect(notificationOf(message, 'en').options).toMatchObject({
      renotify: false,
      requireInteraction: true,
    });
  });

  it('[OC1] a search for somebody says so, and so does what is open again', () => {
    const title = (over: object) => notificationOf({ ...message, locale: 'en', ...over }, 'fr').title;
    expect(title({ kind: 'handling', step: 'volunteers' })).toBe('Volunteers wanted · Fire or smoke');
    expect(title({ kind: 'handling', step: 'exhausted' })).toBe('Nobody has it in hand · Fire or smoke');
    expect(title({ kind: 'reopening' })).toBe('Open again · Fire or smoke');
  });

  it.each([[null], ['text'], [{ category: 'fire' }], [{ ...message, category: 'party' }]])(
    '[SW3] what cannot be read (%j) still shows something',
    (payload) => {
      expect(notificationOf(payload, 'fr-FR').options.body).toBe('Il y a du nouveau dans votre quartier.');
      expect(notificationOf(payload, 'de').options.body).toBe('There is news in your neighbourhood.');
    },
  );

  it('[OC12] a notification keeps what its receipts are about', () => {
    const correction = { ...message, kind: 'correction', outcome: 'resolved' };
    const about = { neighbourhoodId: message.neighbourhoodId, incidentId: message.incidentId };
    expect(aboutIn(notificationOf(message, 'en').options.data)).toEqual({ ...about, of: 'alert' });
    expect(aboutIn(notificationOf(correction, 'en').options.data)).toEqual({ ...about, of: 'correction' });
    expect(aboutIn(notificationOf({ ...message, kind: 'reopening' }, 'en').options.data)?.of).toBe('alert');
    expect(aboutIn(notificationOf(null, 'en').options.data)).toBeNull();
    expect(aboutIn({ about: { ...about, incidentId: '../../session', of: 'alert' } })).toBeNull();
  });

  it('[OC12] a receipt is sent with the session, and its loss harms nothing', async () => {
    const asked: [string, RequestInit | undefined][] = [];
    vi.stubGlobal('fetch', async (address: string, init?: RequestInit) => {
      asked.push([address, init]);
      throw new TypeError('no network');
    });
    const { neighbourhoodId, incidentId } = message;
    await sendReceipt({ neighbourhoodId, incidentId, of: 'correction' }, 'saw');
    vi.unstubAllGlobals();
    const [[address, init] = []] = asked;
    expect(address).toBe(`/api/neighbourhoods/${neighbourhoodId}/incidents/${incidentId}/seen`);
    expect(init).toMatchObject({
      method: 'POST',
      credentials: 'same-origin',
      keepalive: true,
      body: JSON.stringify({ kind: 'saw', of: 'correction' }),
    });
    expect(new Headers(init?.headers).get('Idempotency-Key')).toMatch(/^[\da-f-]{36}$/u);
  });

  it('[UP6] [UP7] a mention rings and says that one is asked for; an observation comes in silence', () => {
    const of = (kind: string, locale = 'en') => notificationOf({ ...message, kind, locale }, 'fr');
    expect(of('mention').title).toBe('A neighbour asks for you: Fire or smoke');
    expect(of('mention', 'fr').title).toBe('Un voisin fait appel à vous\u00a0: Feu ou fumée');
    expect(of('mention').options).toMatchObject({ tag: message.incidentId, renotify: true, silent: false });
    expect(of('observation').title).toBe('New observation · Fire or smoke');
    expect(of('merging').title).toBe('Two alerts, one incident · Fire or smoke');
    expect(of('merging').options).toMatchObject({ renotify: false, silent: true, data: { about: null } });
    const ended = notificationOf({ ...message, kind: 'ended', outcome: 'duplicate', locale: 'fr' }, 'en');
    expect(ended.title).toBe('Signalé deux fois · Feu ou fumée');
    expect(ended.options).toMatchObject({ renotify: false, silent: true, data: { about: null, offers: [] } });
    expect(of('observation').options).toMatchObject({
      ...{ tag: message.incidentId, renotify: false, silent: true },
      // Neither the alert nor its correction: no receipt.
      data: { about: null },
    });
  });

  it('[UP12] an observation takes no correction’s place, and that of anything else', () => {
    const of = (kind: string) =>
      notificationOf({ ...message, kind, outcome: 'resolved', locale: 'en' }, 'fr');
    const shown = ({ title, options }: ReturnType<typeof of>) => ({
      ...{ title, body: options.body ?? '', data: options.data },
    });
    const late = inPlaceOf(of('observation'), shown(of('correction')));
    expect(late.title).toBe('All clear · Fire or smoke');
    expect(late.options).toMatchObject({
      ...{ body: 'Rue des Lilas', tag: message.incidentId, silent: true, renotify: false },
      data: of('correction').options.data,
    });
    // And again, however many come.
    expect(inPlaceOf(of('observation'), shown(late)).title).toBe('All clear · Fire or smoke');
    expect(inPlaceOf(of('observation'), shown(of('alert'))).title).toBe('New observation · Fire or smoke');
    expect(inPlaceOf(of('observation'), undefined).title).toBe('New observation · Fire or smoke');
    expect(inPlaceOf(of('mention'), shown(of('correction'))).title).toMatch(/^A neighbour asks/u);
    expect(inPlaceOf(of('reopening'), shown(of('correction'))).title).toBe('Open again · Fire or smoke');
  });

  it('[SW4] a click never leads out of this client', () => {
    expect(openPathOf({ open: '/n/a/incidents/b' })).toBe('/n/a/incidents/b');
    for (const open of [
      'https://evil.example',
      '//evil.example',
      'javascript:alert(1)',
      '/\\evil',
      7,
      null,
    ]) {
      expect(openPathOf({ open })).toBe('/');
    }
    expect(openPathOf(undefined)).toBe('/');
  });
});

describe('the shell without a network', () => {
  it('[SW5] built files and every page of the client come from the cache', () => {
    expect(cachedFor(request('/assets/index-abc.js'), origin, files)).toBe('/assets/index-abc.js');
    expect(cachedFor(request('/n/x/incidents/y', { mode: 'navigate' }), origin, files)).toBe('/index.html');
    expect(cachedFor(request('/', { mode: 'navigate' }), origin, files)).toBe('/index.html');
  });

  it.each([
    ['an API call', request('/api/me')],
    ['an API page', request('/api/docs', { mode: 'navigate' })],
    ['a socket', request('/socket.io/?EIO=4')],
    ['a tile', request('/tiles/1/2/3')],
    ['the basemap', request('/basemap.pmtiles')],
    ['a command', request('/index.html', { method: 'POST' })],
    ['another site', { method: 'GET', mode: 'cors' as const, url: 'https://other.example/index.html' }],
    ['an unknown file', request('/assets/other.js')],
  ])('[SW6] %s never does', (_, asked) => {
    expect(cachedFor(asked, origin, files)).toBeNull();
  });

  it('[SW7] another build has a cache of its own', () => {
    const one = cacheNameOf([{ url: '/index.html', revision: 'a' }]);
    expect(one).toBe(cacheNameOf([{ url: '/index.html', revision: 'a' }]));
    expect(one).not.toBe(cacheNameOf([{ url: '/index.html', revision: 'b' }]));
  });
});
