import { useEffect, useState } from 'preact/hooks';
import type { Preferences, PreferencesCommand, SnoozeCommand } from '../../shared/preferences.ts';
import type { Id } from '../../shared/text.ts';
import { failureText } from '../ui/failure.ts';
import { api } from '../runtime.ts';
import { useCommand } from '../ui/use-command.ts';

/** How I want to be told; null until the server has said it. Each change is kept at once. */
export function usePreferences(neighbourhoodId: Id) {
  const [preferences, setPreferences] = useState<Preferences | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [saved, setSaved] = useState(false);
  useEffect(() => {
    let wanted = true;
    const load = async () => {
      try {
        const found = await api.preferences(neighbourhoodId);
        if (wanted) setPreferences(found);
      } catch (error) {
        if (wanted) setFailure(failureText(error));
      }
    };
    void load();
    return () => {
      wanted = false;
    };
  }, [neighbourhoodId]);

  const save = useCommand(async (_: string, change: Partial<PreferencesCommand>) => {
    if (preferences === null) return;
    setSaved(false);
    const { version: _version, snoozedUntil: _snoozed, ...before } = preferences;
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    setPreferences(await api.choosePreferences(neighbourhoodId, { ...before, timeZone, ...change }));
    setSaved(true);
  });
  const snooze = useCommand(async (_: string, how: SnoozeCommand['for']) => {
    setPreferences(await api.snooze(neighbourhoodId, how));
  });
  return { preferences, saved, save, snooze, failure: failure ?? save.failure ?? snooze.failure };
}

export type PreferencesHeld = ReturnType<typeof usePreferences>;
