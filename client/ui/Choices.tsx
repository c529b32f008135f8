import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

/** One of several, as chips: radio buttons underneath, so that arrow keys and screen readers know what they are. */
export function Choices<Value extends string>({
  legend,
  value,
  options,
  onValue,
  hiddenLegend = false,
}: {
  legend: string;
  value: Value;
  options: readonly { value: Value; label: ComponentChildren }[];
  onValue: (value: Value) => void;
  hiddenLegend?: boolean;
}) {
  const name = useId();
  return (
    <fieldset class="choices">
      <legend class={hiddenLegend ? 'unseen' : 'choices__legend'}>{legend}</legend>
      <div class="choices__row">
        {options.map((option) => (
          <label key={option.value} class="chip">
            <input
              type="radio"
              class="chip__input"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onValue(option.value)}
            />
            <span class="chip__face">{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** One filter that is on or off; or, with `expanded`, what opens more of them. */
export function Toggle({
  on,
  expanded,
  place = '',
  onToggle,
  children,
}: {
  on: boolean;
  expanded?: boolean;
  /** The class that says where it stands in its row. */
  place?: string;
  onToggle: () => void;
  children: ComponentChildren;
}) {
  return (
    <button
      type="button"
      class={`chip ${on ? 'chip--on' : ''} ${place}`}
      {...(expanded === undefined ? { 'aria-pressed': on } : { 'aria-expanded': expanded })}
      onClick={onToggle}
    >
      <span class="chip__face">{children}</span>
    </button>
  );
}
