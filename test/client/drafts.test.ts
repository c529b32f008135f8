import { describe, expect, it } from 'vitest';
import { createDrafts, type Draft } from '../../client/incidents/draft-keeper.ts';
import { answersOf, problemOf, stepAfterWhat } from '../../client/incidents/steps.ts';
import { categories, issues } from '../../shared/categories.ts';
import { Category } from '../../shared/incidents.ts';
import { memoryStorage } from './storage.ts';

const n = 'n'.repeat(16);
const now = 1_700_000_000_000;

async function begun(change: Partial<Draft> = {}) {
  const storage = memoryStorage();
  const drafts = createDrafts(storage, () => now);
  await drafts.open(n);
  drafts.change(change);
  const draft = () => {
    const { value } = drafts.draft;
    if (value === null) throw new Error('there is no draft');
    return value;
  };
  return { storage, drafts, draft };
}

describe('a draft', () => {
  it('[RA9] keeps answers and time over a reload', async () => {
    const { storage, drafts } = await begun({ category: 'fire', when: 'hour', observedAt: now - 3_600_000 });
    drafts.answer({ people: 'inside' });
    const after = createDrafts(storage, () => now + 60_000);
    await after.open(n);
    expect(after.draft.value).toMatchObject({
      answers: { fire: { people: 'inside' } },
      when: 'hour',
      observedAt: now - 3_600_000,
    });
  });

  it('[RA9] keeps what one category was answered while another is looked at', async () => {
    const { drafts, draft } = await begun({ category: 'fire' });
    drafts.answer({ people: 'inside' });
    drafts.change({ category: 'noise' });
    expect(answersOf(draft())).toEqual({});
    drafts.answer({ what: 'music' });
    drafts.change({ category: 'fire' });
    expect(answersOf(draft())).toEqual({ people: 'inside' });
  });

  it('[RA9] one of an older version is still good', async () => {
    const { storage, draft } = await begun({ category: 'fire', description: 'smoke' });
    const { answers: _, when: __, observedAt: ___, called: ____, ...before } = draft();
    await storage.set('draft', before);
    const after = createDrafts(storage, () => now);
    await after.open(n);
    expect(after.draft.value).toMatchObject({ description: 'smoke', answers: {}, when: 'now', called: null });
  });

  it('[RA9] begins again from a refused alert with its answers and its time', async () => {
    const { drafts, draft } = await begun();
    const command = {
      category: 'theft' as const,
      severity: 'minor' as const,
      position: { lat: 1, lng: 2 },
      coarse: true,
      description: 'Deux Roumains',
      answers: { what: ['parcel'] },
      observedAt: now - 1000,
      anonymous: true,
      evenSo: false,
    };
    drafts.begin(n, command, []);
    expect(draft()).toMatchObject({
      answers: { theft: { what: ['parcel'] } },
      when: 'other',
      observedAt: now - 1000,
    });
    expect(problemOf(draft())).toEqual({ path: 'description', message: issues.origin });
  });
});

describe('the way to sending', () => {
  const placed = { position: { lat: 1, lng: 2 }, inside: true };

  it('[RA2] what belongs to a service is called first, once; then it is as near to sending as it can', async () => {
    for (const category of Category.options) {
      const { draft } = await begun({ category, ...placed });
      const { callFirst } = categories[category];
      const asked = category === 'suspicious' ? 'where' : 'preview';
      expect(stepAfterWhat(draft(), callFirst), category).toBe(callFirst ? 'call' : asked);
      expect(stepAfterWhat({ ...draft(), called: category }, callFirst)).toBe(asked);
      expect(stepAfterWhat({ ...draft(), called: category, position: null }, callFirst)).toBe('where');
    }
    const { draft } = await begun({ category: 'fire', called: 'medical', ...placed });
    expect(stepAfterWhat(draft(), true)).toBe('call');
  });

  it('[RA4] is open when what was done is told, and not before', async () => {
    const { drafts, draft } = await begun({ category: 'suspicious', ...placed });
    expect(problemOf(draft())).toEqual({ path: 'answers.done', message: issues.required });
    drafts.answer({ done: ['followed'] });
    expect(problemOf(draft())).toBeNull();
    drafts.change({ description: 'Un Noir' });
    expect(problemOf(draft())).toEqual({ path: 'description', message: issues.origin });
    drafts.change({ description: 'Un Noir a suivi ma fille' });
    expect(stepAfterWhat(draft(), false)).toBe('preview');
    drafts.change({ description: 'a\u202eb' });
    expect(problemOf(draft())?.path).toBe('description');
  });
});
