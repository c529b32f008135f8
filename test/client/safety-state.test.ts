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

it('[HS13] a page that is left before the server was heard about a search asks again; so does one that was not answered', () => {
  const walked = () => true;
  const left = createSafetyState(walked);
  const begun = { seq: 1, at: 1, by: null, checkIn: null, asked: [] };
  left.apply({ ...begun, type: 'search.begun', search: search('lost', 'mine') });
  expect(left.takeQuestions()).toEqual(['lost']);

  const next = createSafetyState(walked);
  next.start(left.kept());
  expect(next.takeQuestions()).toEqual(['lost']);
  next.asked('lost', false);
  expect(next.takeQuestions()).toEqual(['lost']);
  // Of what came while it was asked the answer may not have known.
  next.apply({ ...begun, type: 'search.widened', search: search('lost', 'mine', { version: 2 }) });
  next.asked('lost', true);
  expect(next.kept().searchesToAsk).toEqual(['lost']);
  expect(next.takeQuestions()).toEqual(['lost']);
  next.asked('lost', true);
  expect(next.kept().searchesToAsk).toEqual([]);
});
