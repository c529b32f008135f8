import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { signal } from '@preact/signals';
import { wide } from '../state/browser.ts';
import { t } from '../i18n/i18n.ts';
import { type Stop, stopAfter } from './sheet-stops.ts';

/** Where the sheet stands on a phone; beside the map, on a desktop, it is always open. */
export const sheetStop = signal<Stop>('half');

// Less than this (CSS pixels) is a tap.
const still = 6;

type Drag = { y: number; at: number; height: number; speed: number; moved: boolean };

/** The bottom sheet: a head that always shows, and a body for the rest. Dragged by its head, or stepped by its handle. */
export function Sheet({ head, children }: { head: ComponentChildren; children: ComponentChildren }) {
  const sheet = useRef<HTMLElement>(null);
  const drag = useRef<Drag | null>(null);
  const stop = wide.value ? 'full' : sheetStop.value;

  function heights(): Record<Stop, number> {
    const room = sheet.current?.parentElement?.clientHeight ?? 0;
    const peek = sheet.current?.querySelector('.sheet__head')?.clientHeight ?? 0;
    return { peek, half: room / 2, full: room };
  }

  function begin(event: PointerEvent) {
    if (wide.value || !sheet.current) return;
    drag.current = {
      y: event.clientY,
      at: event.timeStamp,
      height: sheet.current.offsetHeight,
      speed: 0,
      moved: false,
    };
  }

  function move(event: PointerEvent) {
    const now = drag.current;
    if (!now || !sheet.current) return;
    const up = now.y - event.clientY;
    if (!now.moved && Math.abs(up) < still) return;
    if (!now.moved && event.currentTarget instanceof HTMLElement) {
      event.currentTarget.setPointerCapture(event.pointerId);
    }
    const height = now.height + up;
    const elapsed = Math.max(1, event.timeStamp - now.at);
    drag.current = { y: event.clientY, at: event.timeStamp, height, speed: up / elapsed, moved: true };
    sheet.current.classList.add('sheet--dragged');
    sheet.current.style.height = `${height}px`;
  }

  function end() {
    const last = drag.current;
    drag.current = null;
    if (!last?.moved || !sheet.current) return;
    sheet.current.classList.remove('sheet--dragged');
    sheet.current.style.height = '';
    sheetStop.value = stopAfter(sheetStop.value, last.height, last.speed, heights());
  }

  const step = () => {
    sheetStop.value = stop === 'peek' ? 'half' : stop === 'half' ? 'full' : 'peek';
  };

  return (
    <section ref={sheet} class={`sheet sheet--${stop}`} aria-label={t('sheet.handle')}>
      <div
        class="sheet__head"
        onPointerDown={begin}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={end}
      >
        {!wide.value && (
          <button
            type="button"
            class="sheet__handle"
            aria-expanded={stop !== 'peek'}
            aria-label={stop === 'full' ? t('sheet.less') : t('sheet.more')}
            onClick={step}
          />
        )}
        {head}
      </div>
      <div class="sheet__body" inert={stop === 'peek'}>
        {children}
      </div>
    </section>
  );
}
