import { useId, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/i18n.ts';
import { candidates, type Mention, mentionAt, withMention } from './mention.ts';

/**
 * Words in which an @ offers neighbours by name, with the keys of the combobox of the ARIA Authoring Practices Guide:
 * the focus stays in the field, and it is its `aria-activedescendant` that moves. The role is the text box's own, since
 * a field of several lines may not be a combobox (ARIA in HTML); what is offered is said politely.
 */
export function MentionField({
  label,
  hint,
  text,
  chosen,
  people,
  onChange,
}: {
  label: string;
  hint: string;
  text: string;
  chosen: readonly Mention[];
  people: Iterable<Mention>;
  onChange: (text: string, chosen: readonly Mention[]) => void;
}) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState<number | null>(null);
  const [active, setActive] = useState(0);

  const typed = caret === null ? null : mentionAt(text, caret, chosen);
  const found = typed === null ? [] : candidates(people, typed.wanted);
  const shown = found.length > 0;
  const at = Math.min(active, found.length - 1);

  function look(): void {
    const { selectionStart, selectionEnd } = field.current ?? { selectionStart: 0, selectionEnd: 1 };
    setCaret(selectionStart === selectionEnd ? selectionStart : null);
  }

  function take(one: Mention): void {
    if (typed === null || caret === null) return;
    const next = withMention(text, { from: typed.from, caret, name: one.name });
    if (field.current) {
      // At once: after the next render the caret would jump over what was typed meanwhile.
      field.current.value = next.text;
      field.current.setSelectionRange(next.caret, next.caret);
      field.current.focus();
    }
    setCaret(null);
    setActive(0);
    onChange(next.text, [...chosen.filter((other) => other.id !== one.id), one]);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const one = found[at];
    if (one === undefined || event.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      setActive((at + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length);
    } else if (event.key === 'Enter' || event.key === 'Tab') take(one);
    else if (event.key === 'Escape') {
      // The list closes, not the incident.
      event.stopPropagation();
      setCaret(null);
    } else return;
    event.preventDefault();
  }

  return (
    <div class="field">
      <label class="field__label" for={id}>
        {label}
      </label>
      <p class="field__hint" id={`${id}-hint`}>
        {hint}
      </p>
      <div class="mention">
        <textarea
          id={id}
          ref={field}
          rows={3}
          class="field__input"
          aria-describedby={`${id}-hint`}
          aria-autocomplete="list"
          {...(shown
            ? {
                'aria-haspopup': 'listbox' as const,
                'aria-controls': `${id}-list`,
                'aria-activedescendant': `${id}-${at}`,
              }
            : {})}
          value={text}
          onInput={(event) => {
            onChange(event.currentTarget.value, chosen);
            setActive(0);
            look();
          }}
          onKeyDown={onKeyDown}
          onClick={look}
          onBlur={() => setCaret(null)}
        />
        <ul
          id={`${id}-list`}
          class="mention__list"
          role="listbox"
          aria-label={t('mention.list')}
          hidden={!shown}
        >
          {found.map((one, i) => (
            <li
              key={one.id}
              id={`${id}-${i}`}
              role="option"
              class="mention__option"
              aria-selected={i === at}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => take(one)}
            >
              {one.name}
            </li>
          ))}
        </ul>
      </div>
      <p class="unseen" role="status">
        {shown && t('mention.found', { count: found.length })}
      </p>
    </div>
  );
}
