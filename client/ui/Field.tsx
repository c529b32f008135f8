import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

type Wiring = { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true };

/** A label, a hint and an error, tied to the control for those who do not see them. */
function Labelled({
  label,
  hint,
  error,
  children,
}: {
  label: string;
  hint?: string | undefined;
  error?: string | null | undefined;
  children: (wiring: Wiring) => ComponentChildren;
}) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label class="field__label" for={id}>
        {label}
      </label>
      {hint && (
        <p class="field__hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {children({
        id,
        ...(described ? { 'aria-describedby': described } : {}),
        ...(error ? { 'aria-invalid': true } : {}),
      })}
      {error && (
        <p class="field__error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

type Common = {
  label: string;
  hint?: string;
  error?: string | null;
  value: string;
  onValue: (value: string) => void;
};

export function TextField({
  label,
  hint,
  error,
  value,
  onValue,
  autocomplete = 'off',
  inputMode = 'text',
}: Common & { autocomplete?: 'off' | 'name' | 'email'; inputMode?: 'text' | 'url' | 'numeric' | 'email' }) {
  return (
    <Labelled label={label} hint={hint} error={error}>
      {(wiring) => (
        <input
          {...wiring}
          type="text"
          autocomplete={autocomplete}
          inputMode={inputMode}
          class="field__input"
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Labelled>
  );
}

export function TextArea({ label, hint, error, value, onValue, rows = 3 }: Common & { rows?: number }) {
  return (
    <Labelled label={label} hint={hint} error={error}>
      {(wiring) => (
        <textarea
          {...wiring}
          rows={rows}
          class="field__input"
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Labelled>
  );
}

/** The browser's own field for a day or a time: it knows the reader's way to write them. */
export function MomentField({
  label,
  type,
  value,
  onValue,
}: Pick<Common, 'label' | 'value' | 'onValue'> & { type: 'date' | 'time' }) {
  return (
    <Labelled label={label}>
      {(wiring) => (
        <input
          {...wiring}
          type={type}
          required
          class="field__input"
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Labelled>
  );
}
