import { askedAnswers, checkAnswers, heldField, issues } from '../../shared/categories.ts';
import type { Issue } from '../../shared/errors.ts';
import { textSchema } from '../../shared/text.ts';
import * as v from 'valibot';
import type { AlertStep } from '../ui/routes.ts';
import type { Draft } from './draft-keeper.ts';

const words = textSchema(0, 2000);

/** What the draft's category was answered, of what it asks now. */
export function answersOf({ category, answers }: Draft) {
  return category === null ? {} : askedAnswers(category, answers[category] ?? {});
}

/** What the server would refuse in the words and answers of a draft, by the same rules; null where nothing. */
export function problemOf(draft: Draft): Issue | null {
  const { category, description } = draft;
  if (category === null) return null;
  const checked = checkAnswers(category, answersOf(draft));
  if (!checked.ok) return { path: checked.path, message: checked.message };
  const text = v.safeParse(words, description);
  if (!text.success) return { path: 'description', message: text.issues[0].message };
  const held = heldField({ category, description: text.output, answers: checked.answers });
  return held === null ? null : { path: held, message: issues.origin };
}

/** Where a category leads once it is chosen, and once its emergency service was called: as near to sending as it can. */
export function stepAfterWhat(draft: Draft, needsCall: boolean): AlertStep {
  if (needsCall && draft.called !== draft.category) return 'call';
  return draft.position !== null && draft.inside && problemOf(draft) === null ? 'preview' : 'where';
}
