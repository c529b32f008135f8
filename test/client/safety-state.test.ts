import { expect, it } from 'vitest';
import { createSafetyState } from '../../client/state/safety.ts';
import type { Search } from '../../shared/home-safe.ts';

const search = (id: string, patrolId: string, over: Partial<Search> = {}): Search => ({
  ...{ id, version: 1, patrolId, memberId: 'wes', step: 'exhausted', beganAt: 1, lastAt: null },
  ...{ ownerId: null, dueAt: null, end: null },
  ...over,
});

it('[HS13] a search on a round of mine is asked about again once the line is back: its end may have been lost with a page', () => {
  const safety = createSafetyState((patrolId) => patrolId === 'mine');
  const over = search('over', 'mine', { end: { by: 'vi', at: 2 } });
  safety.start({
    checkIns: [],
    searches: [search('open', 'mine'), search('other', 'theirs'), over],
    reports: [],
  });
  safety.askAgain();
  expect(safety.askAbout.value).toEqual(['open']);
});
