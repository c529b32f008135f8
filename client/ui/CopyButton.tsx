import { useEffect, useRef, useState } from 'preact/hooks';
import { later } from '../state/browser.ts';
import { Icon, type IconName } from './icons.tsx';

/** Copies a text and says so for a moment; where the browser does not let us, the text stands there selected. */
export function CopyButton({
  text,
  label,
  done,
  icon,
}: {
  text: string;
  label: string;
  done: string;
  icon: IconName;
}) {
  const [copied, setCopied] = useState(false);
  const [byHand, setByHand] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const select = () => {
    field.current?.focus();
    field.current?.select();
  };
  useEffect(select, [byHand]);
  useEffect(() => (copied ? later(3000, () => setCopied(false)) : undefined), [copied]);
  async function copy(): Promise<void> {
    try {
      // The clipboard exists at secure addresses only, and a browser may refuse it there too.
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      setByHand(true);
      select();
    }
  }
  return (
    <>
      <button
        type="button"
        class="button"
        aria-live="polite"
        onClick={() => {
          void copy();
        }}
      >
        <Icon name={copied ? 'check' : icon} />
        {copied ? done : label}
      </button>
      {byHand && (
        <input ref={field} class="field__input" type="text" readOnly value={text} aria-label={label} />
      )}
    </>
  );
}
