import { useId } from 'preact/hooks';

/** Digits that nobody shall read over a shoulder. */
export function CodeField({
  label,
  hint,
  value,
  onValue,
}: {
  label: string;
  hint?: string;
  value: string;
  onValue: (value: string) => void;
}) {
  const id = useId();
  return (
    <div class="field">
      <label class="field__label" for={id}>
        {label}
      </label>
      {hint !== undefined && (
        <p class="field__hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <input
        id={id}
        class="field__input"
        type="password"
        inputMode="numeric"
        autocomplete="off"
        maxLength={8}
        {...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` })}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value.replaceAll(/\D/gu, ''))}
      />
    </div>
  );
}
