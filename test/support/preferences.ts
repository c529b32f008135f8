import { type PreferencesCommand, usualPreferences } from '../../shared/preferences.ts';

/** What somebody sends who changes only this of what holds for all. */
export function preferencesCommand(over: Partial<PreferencesCommand> = {}): PreferencesCommand {
  const { version: _, snoozedUntil: __, ...usual } = usualPreferences('UTC');
  return { ...usual, ...over };
}
