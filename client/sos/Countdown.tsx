import { useEffect, useRef, useState } from 'preact/hooks';
import { countdownSeconds } from '../../shared/sos.ts';
import { failureCode } from '../api.ts';
import { t } from '../i18n/i18n.ts';
import { EmergencyCall } from '../incidents/EmergencyCall.tsx';
import { api } from '../runtime.ts';
import { later } from '../state/browser.ts';
import { newKey } from '../state/new-key.ts';
import type { OpenRoom } from '../state/room.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { useDark } from './use-dark.ts';

const againAfter = 3000;

/** The key that was held to come here goes on repeating, and must not press what has the focus now. */
function useHeldKeyIgnored(): void {
  useEffect(() => {
    let held = true;
    const ignore = (event: KeyboardEvent) => {
      if (event.type === 'keydown' && !event.repeat) held = false;
      if (held && (event.key === ' ' || event.key === 'Enter')) event.preventDefault();
      if (event.type === 'keyup') held = false;
    };
    addEventListener('keydown', ignore, true);
    addEventListener('keyup', ignore, true);
    return () => {
      removeEventListener('keydown', ignore, true);
      removeEventListener('keyup', ignore, true);
    };
  }, []);
}

/**
 * Five seconds to think better of it, then the SOS leaves, and tries again until it has left. Silent, it neither shakes
 * nor lights up.
 */
export function Countdown({
  room,
  onRaised,
  onClose,
}: {
  room: OpenRoom;
  onRaised: () => void;
  onClose: () => void;
}) {
  const [left, setLeft] = useState(countdownSeconds);
  const [silent, setSilent] = useState(false);
  const [failed, setFailed] = useState(0);
  const key = useRef(newKey());
  const over = useRef(false);

  useDark(silent);
  useHeldKeyIgnored();

  useEffect(() => {
    if (left === 0) return undefined;
    if (!silent) navigator.vibrate?.(120);
    return later(1000, () => setLeft(left - 1));
  }, [left]);

  useEffect(() => {
    over.current = false;
    return () => {
      over.current = true;
    };
  }, []);

  useEffect(() => {
    if (left > 0) return undefined;
    let stop = () => {};
    const send = async () => {
      try {
        const { incident } = await api.raiseSos(room.id, { silent }, key.current);
        room.state.takeIncident(incident);
        if (!silent) navigator.vibrate?.([200, 100, 200, 100, 400]);
        if (over.current) return;
        onClose();
        onRaised();
      } catch (error) {
        if (over.current) return;
        // Mine runs already: on another device, or by the walk's timer.
        if (failureCode(error) === 'CONFLICT') {
          onClose();
          onRaised();
          return;
        }
        setFailed((times) => times + 1);
      }
    };
    if (failed === 0) void send();
    else stop = later(againAfter, () => void send());
    return () => stop();
  }, [left === 0, failed]);

  return (
    <Dialog title={t('sos.title')} onClose={onClose}>
      <div class="stack">
        <p class="sos-count" aria-live="assertive" aria-atomic="true">
          {left > 0 ? t('sos.countdown', { count: left }) : t('sos.leaving')}
        </p>
        {failed > 0 && (
          <p class="failure" role="alert">
            {t('sos.notSent')}
          </p>
        )}
        <button type="button" class="button button--fear button--wide" onClick={onClose}>
          {t('sos.stop')}
        </button>
        {left > 0 && (
          <label class="check">
            <input
              type="checkbox"
              checked={silent}
              onChange={(event) => setSilent(event.currentTarget.checked)}
            />
            <span>{t('sos.silent')}</span>
          </label>
        )}
        {/* Below: what stops it keeps its place while it counts. */}
        <EmergencyCall />
      </div>
    </Dialog>
  );
}
