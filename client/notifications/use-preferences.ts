import { useEffect, useRef, useState } from 'preact/hooks';
import type { Preferences, PreferencesCommand, SnoozeCommand } from '../../shared/preferences.ts';
import type { Id } from '../../shared/text.ts';
import { api } from '../runtime.ts';
import { failureText } from '../ui/failure.ts';
import { useCommand } from '../ui/use-command.ts';

function commandOf(preferences: Preferences): PreferencesCommand {
  const { version: _version, snoozedUntil: _snoozed, ...settled } = preferences;
  // The clocks where I am: they decide when my night is.
  return { ...settled, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone };
}

/**
 * How I want to be told; null until the server has said it. Each change shows at once and is kept in the order in which
 * they were made; one that was not kept stays on the screen, and goes with the next or with `again`.
 */
export function usePreferences(neighbourhoodId: Id) {
  const [preferences, setPreferences] = useState<Preferences | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [saved, setSaved] = useState(false);
  const wanted = useRef<Preferences | null>(null);
  const busy = useRef(false);
  const show = (next: Preferences) => {
    wanted.current = next;
    setPreferences(next);
  };
  useEffect(() => {
    let here = true;
    const load = async () => {
      try {
        const found = await api.preferences(neighbourhoodId);
        if (here) show(found);
      } catch (error) {
        if (here) setFailure(failureText(error));
      }
    };
    void load();
    return () => {
      here = false;
    };
  }, [neighbourhoodId]);

  async function keep(): Promise<void> {
    if (busy.current) return;
    busy.current = true;
    setFailure(null);
    setSaved(false);
    try {
      for (let sent = wanted.current; sent !== null;) {
        const kept = await api.choosePreferences(neighbourhoodId, commandOf(sent));
        const next: Preferences | null = wanted.current === sent ? null : wanted.current;
        if (next === null) show(kept);
        sent = next;
      }
      setSaved(true);
    } catch (error) {
      setFailure(failureText(error));
    } finally {
      busy.current = false;
    }
  }

  const snooze = useCommand(async (_: string, how: SnoozeCommand['for']) => {
    const { snoozedUntil } = await api.snooze(neighbourhoodId, how);
    if (wanted.current !== null) show({ ...wanted.current, snoozedUntil });
  });
  return {
    preferences,
    saved,
    snooze,
    failure: failure ?? snooze.failure,
    change: (change: Partial<PreferencesCommand>) => {
      if (wanted.current === null) return;
      show({ ...wanted.current, ...change });
      void keep();
    },
    again: () => void keep(),
  };
}

export type PreferencesHeld = ReturnType<typeof usePreferences>;
