import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import type { Locale } from '../../shared/text.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import type { FileContent } from './boundary-file.ts';
import { mapWords } from './words.ts';

export type Choice = Extract<FileContent, { kind: 'choice' }>;

/** What can be done now: each action is there only while it makes sense. */
type EditorPanelProps = {
  locale: Locale;
  message: string;
  urgent: boolean;
  choice: Choice | null;
  onChoose: (feature: unknown) => void;
  onFile?: (file: Blob) => Promise<void>;
  onClose?: () => void;
  onHere?: () => void;
  onUndo?: () => void;
  onRemove?: () => void;
  onStartOver?: () => void;
};

function Action(props: {
  onClick: (() => void) | undefined;
  /** Takes the focus where the action leaves nothing more to do, and its button with it. */
  onGone: () => void;
  class?: string;
  icon?: IconName;
  children: ComponentChildren;
}) {
  const { onClick, onGone, icon, children } = props;
  if (onClick === undefined) return null;
  return (
    <button
      type="button"
      class={`editor__button ${props.class ?? ''}`}
      onClick={({ currentTarget }) => {
        onClick();
        requestAnimationFrame(() => {
          if (!currentTarget.isConnected) onGone();
        });
      }}
    >
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
}

function PlaceChooser({
  locale,
  choice,
  onChoose,
}: Pick<EditorPanelProps, 'locale' | 'onChoose'> & { choice: Choice }) {
  const id = useId();
  const { places } = choice;
  return (
    <label class="editor__choice" for={id}>
      {mapWords[locale].chooseFeature(places.length.toLocaleString(locale))}
      <select id={id} onChange={({ currentTarget: { value } }) => onChoose(places[Number(value)]?.feature)}>
        <option value="" selected disabled />
        {places.map(({ name }, index) => (
          <option key={index} value={index}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function FileButton({ locale, onFile }: { locale: Locale; onFile: (file: Blob) => Promise<void> }) {
  const open = async (input: HTMLInputElement) => {
    const file = input.files?.[0];
    if (file !== undefined) await onFile(file);
    input.value = ''; // the same file may be chosen again
  };
  return (
    <label class="editor__button">
      <Icon name="upload" />
      {mapWords[locale].openFile}
      <input
        class="editor__file"
        type="file"
        accept=".geojson,.json,application/geo+json,application/json"
        onChange={({ currentTarget }) => void open(currentTarget)}
      />
    </label>
  );
}

/** The words and the buttons below the drawing. */
export function EditorPanel(props: EditorPanelProps) {
  const { locale, message, urgent, choice, onChoose, onFile } = props;
  const { onClose, onHere, onUndo, onRemove, onStartOver } = props;
  const words = mapWords[locale];
  const said = useRef<HTMLParagraphElement>(null);
  const onGone = () => said.current?.focus();
  return (
    <div class="editor">
      <p
        ref={said}
        class={`editor__words ${urgent ? 'editor__words--problem' : ''}`}
        role="status"
        tabIndex={-1}
      >
        {message}
      </p>
      {choice !== null && <PlaceChooser locale={locale} choice={choice} onChoose={onChoose} />}
      <div class="editor__actions">
        <Action onClick={onClose} onGone={onGone} class="editor__button--main" icon="check">
          {words.close}
        </Action>
        <Action onClick={onHere} onGone={onGone} class="editor__here" icon="plus">
          {words.drawHere}
        </Action>
        <Action onClick={onUndo} onGone={onGone}>
          {words.undo}
        </Action>
        <Action onClick={onRemove} onGone={onGone} icon="trash">
          {words.removeCorner}
        </Action>
        <Action onClick={onStartOver} onGone={onGone}>
          {words.startOver}
        </Action>
        {onFile !== undefined && <FileButton locale={locale} onFile={onFile} />}
      </div>
    </div>
  );
}
