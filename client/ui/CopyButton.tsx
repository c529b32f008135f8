import { useEffect, useState } from 'preact/hooks';
import { later } from '../state/browser.ts';
import { Icon, type IconName } from './icons.tsx';

/** Copies a text and says so for a moment. */
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
  useEffect(() => (copied ? later(3000, () => setCopied(false)) : undefined), [copied]);
  return (
    <button
      type="button"
      class="button"
      aria-live="polite"
      onClick={() => {
        // A browser that refuses the clipboard leaves the button as it was: the link itself is in view or in the bar.
        void navigator.clipboard.writeText(text).then(
          () => setCopied(true),
          () => undefined,
        );
      }}
    >
      <Icon name={copied ? 'check' : icon} />
      {copied ? done : label}
    </button>
  );
}
