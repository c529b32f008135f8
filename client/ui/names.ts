import * as v from 'valibot';
import { t } from '../i18n/i18n.ts';
import { issueText } from './failure.ts';

type Name = v.GenericSchema<string, string>;

/** What is wrong with a name that somebody types, in their words; null where nothing is. The server decides by the same schema. */
export function nameProblem(schema: Name, text: string): string | null {
  const checked = v.safeParse(schema, text);
  return checked.success ? null : (issueText(checked.issues[0].message) ?? t('error.INVALID_INPUT'));
}
