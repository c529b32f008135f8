import { describe, expect, it } from 'vitest';
import { candidates, mentionAt, stillNamed, withMention } from '../../client/incidents/mention.ts';
import { createUpdateDrafts } from '../../client/incidents/update-drafts.ts';
import { memoryStorage } from './storage.ts';

const hour = 3600 * 1000;
const id = (name: string) => name.padEnd(16, '0');
const people = ['Zoé', 'Jean Paul', 'Élodie', 'Ed', 'Paula'].map((name) => ({ id: id(name), name }));

describe('an @', () => {
  it.each([
    ['@', 1, { from: 0, wanted: '' }],
    ['Look @el', 8, { from: 5, wanted: 'el' }],
    ['(@Jean P', 8, { from: 1, wanted: 'Jean P' }],
    ['Look @el', 4, null],
    ['ada@example.org', 15, null],
    ['@ed\nnext line', 13, null],
    ['@Ed come', 8, null],
  ])('[UP15] of %j with the caret at %i asks for %j', (text, caret, found) => {
    expect(mentionAt(text, caret, [{ id: id('Ed'), name: 'Ed' }])).toEqual(found);
  });

  it('[UP15] finds neighbours by the beginning of a name, whatever its accents, and writes it out', () => {
    const names = (wanted: string) => candidates(people, wanted).map(({ name }) => name);
    expect(names('')).toEqual(['Ed', 'Élodie', 'Jean Paul', 'Paula', 'Zoé']);
    expect(names('e')).toEqual(['Ed', 'Élodie']);
    expect(names('PAUL')).toEqual(['Jean Paul', 'Paula']);
    expect(names('nobody')).toEqual([]);
    expect(withMention('Ask @el now', { from: 4, caret: 7, name: 'Élodie' })).toEqual({
      text: 'Ask @Élodie now',
      caret: 12,
    });
  });

  it('[UP15] asks for nobody whose name was taken out again', () => {
    expect(stillNamed('@Zoé and @Paul', people).map(({ name }) => name)).toEqual(['Zoé']);
  });
});

describe('what was begun', () => {
  const draft = { kind: 'comment', text: 'Has @Ed', mentions: [{ id: id('Ed'), name: 'Ed' }] } as const;

  it('[UP14] survives a reload for a day, for each incident its own, and is gone once sent or emptied', async () => {
    const storage = memoryStorage();
    let now = 0;
    const open = () => createUpdateDrafts(storage, () => now);
    const drafts = open();
    await drafts.keep(id('one'), { ...draft, mentions: [...draft.mentions] });
    await drafts.keep(id('two'), { ...draft, text: 'Another', mentions: [] });
    expect(await open().get(id('one'))).toEqual(draft);
    expect((await open().get(id('two')))?.text).toBe('Another');
    await drafts.keep(id('two'), { ...draft, text: ' ', mentions: [] });
    expect(await open().get(id('two'))).toBeNull();
    now = 24 * hour - 1;
    expect(await open().get(id('one'))).toEqual(draft);
    now += 1;
    expect(await open().get(id('one'))).toBeNull();
  });

  it('[UP14] keeps the newest twenty, and starts anew from what it cannot read', async () => {
    const storage = memoryStorage();
    const drafts = createUpdateDrafts(storage, () => 0);
    for (let i = 0; i < 21; i += 1) await drafts.keep(id(`i${i}x`), { ...draft, mentions: [] });
    expect(await drafts.get(id('i0x'))).toBeNull();
    expect(await drafts.get(id('i1x'))).not.toBeNull();
    await storage.set('update-drafts', { old: true });
    expect(await createUpdateDrafts(storage, () => 0).get(id('i1x'))).toBeNull();
  });
});
