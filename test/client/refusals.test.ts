import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { locale } from '../../client/i18n/i18n.ts';
import { issueText } from '../../client/ui/failure.ts';

const folder = join(import.meta.dirname, '../../server/incidents');

/** How the server begins what it says when it refuses something about an incident. */
const beginnings =
  'must|is|was|has|only|Only|both|others|Others|an SOS|nobody|the incident|yours|whoever|There|This|You|Neighbours|end';

/** What only a program can do, or no screen offers to whom it is refused. */
const noScreen = new Set([
  'must be another incident',
  'must be other members',
  'must be the incident, a photo of it or what was written about it',
  'must be a cursor of an earlier page',
  'is no SOS',
  'is never asked about',
  'only whoever raised it ends it so',
  'Only whoever wrote it may appeal.',
  'You were not drawn for this.',
]);

function refusals(): string[] {
  const code = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n')
    .replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gmu, '');
  const texts = new RegExp(`['\`]((?:${beginnings}) [^'\`\\n]+)['\`]`, 'gu');
  return [...new Set([...code.matchAll(texts)].map(([, text = '']) => text))];
}

describe('refusals', () => {
  beforeAll(() => vi.stubGlobal('navigator', { languages: ['en'] }));
  afterAll(() => {
    locale.value = 'en';
    vi.unstubAllGlobals();
  });

  it('[UI22] what the server refuses about an incident is said in the reader’s words', () => {
    const found = refusals().filter((text) => !noScreen.has(text));
    expect(found.length).toBeGreaterThan(30);
    // As they come, where a part is filled in.
    const sent = found.map((text) => text.replaceAll(/\$\{[^}]*\}/gu, '5'));
    for (const language of ['en', 'fr'] as const) {
      locale.value = language;
      expect(sent.filter((text) => issueText(text) === null)).toEqual([]);
    }
    expect(issueText('the incident is closed')).toBe('C’est clos désormais.');
    expect(issueText('must not follow on-scene')).toMatch(/^Cela ne suit pas/u);
  });
});
