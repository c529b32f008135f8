import { useEffect, useState } from 'preact/hooks';
import type { SosSettings } from '../../shared/sos.ts';
import type { Id } from '../../shared/text.ts';
import { failureCode } from '../api.ts';
import { api } from '../runtime.ts';

/** What I settled beforehand; null until the server has said it. */
export function useSettings(neighbourhoodId: Id) {
  const [settings, setSettings] = useState<SosSettings | null>(null);
  useEffect(() => {
    let wanted = true;
    const load = async () => {
      try {
        const found = await api.sosSettings(neighbourhoodId);
        if (wanted) setSettings(found);
      } catch (error) {
        failureCode(error);
      }
    };
    void load();
    return () => {
      wanted = false;
    };
  }, [neighbourhoodId]);
  return { settings, setSettings };
}
