import type { ComponentChildren } from 'preact';
import { LanternMark } from './icons.tsx';

/** A page's worth of words: what happened, what to do. */
export function Notice({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="notice">
      <LanternMark size={48} />
      <h1 tabIndex={-1}>{title}</h1>
      {children}
    </div>
  );
}
