import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { holdMs } from '../../shared/sos.ts';
import { t } from '../i18n/i18n.ts';
import { wide } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { paths } from '../ui/routes.ts';
import { sheetStop } from '../ui/Sheet.tsx';
import { Countdown } from './Countdown.tsx';
import { ownSos } from './own.ts';

/** Held until its ring is full, by finger or by key: a tap only says that it wants holding. */
export function SosButton({ room }: { room: OpenRoom }) {
  const { route } = useLocation();
  const [holding, setHolding] = useState(false);
  const [tapped, setTapped] = useState(false);
  const [counting, setCounting] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  function begin() {
    if (holding || counting) return;
    setHolding(true);
    setTapped(false);
    timer.current = setTimeout(() => {
      setHolding(false);
      setCounting(true);
    }, holdMs);
  }
  function letGo() {
    clearTimeout(timer.current);
    if (holding) setTapped(true);
    setHolding(false);
  }

  const where = wide.value ? 'wide' : sheetStop.value;
  if (ownSos.value !== null) {
    return (
      <a class={`sos-button sos-button--${where} sos-button--runs`} href={paths.sos(room.id)}>
        {t('sos.mine')}
      </a>
    );
  }
  return (
    <>
      <button
        type="button"
        class={`sos-button sos-button--${where} ${holding ? 'sos-button--held' : ''}`}
        style={{ '--hold': `${holdMs}ms` }}
        aria-label={t('sos.button')}
        aria-describedby="sos-hint"
        onPointerDown={(event) => {
          // A right click holds nothing.
          if (event.button === 0) begin();
        }}
        onPointerUp={letGo}
        onPointerLeave={letGo}
        onPointerCancel={letGo}
        onContextMenu={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          if (event.key !== ' ' && event.key !== 'Enter') return;
          event.preventDefault();
          if (!event.repeat) begin();
        }}
        onKeyUp={(event) => {
          if (event.key === ' ' || event.key === 'Enter') letGo();
        }}
        onBlur={letGo}
      >
        <svg class="sos-button__ring" viewBox="0 0 72 72" aria-hidden="true" focusable="false">
          <circle cx="36" cy="36" r="33" pathLength="100" />
        </svg>
        <span aria-hidden="true">SOS</span>
      </button>
      <p id="sos-hint" class={tapped ? `sos-hint sos-hint--${where}` : 'unseen'} role="status">
        {tapped && t('sos.hold')}
      </p>
      {counting && (
        <Countdown
          room={room}
          onRaised={() => route(paths.sos(room.id))}
          onClose={() => setCounting(false)}
        />
      )}
    </>
  );
}
