import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
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
  class?: string;
  icon?: IconName;
  children: ComponentChildren;
}) {
  const { onClick, icon, children } = props;
  if (onClick === undefined) return null;
  return (
    <button type="button" class={`editor__button ${props.class ?? ''}`} onClick={onClick}>
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
  return (
    <div class="editor">
      <p class={`editor__words ${urgent ? 'editor__words--problem' : ''}`} role="status">
        {message}
      </p>
      {choice !== null && <PlaceChooser locale={locale} choice={choice} onChoose={onChoose} />}
      <div class="editor__actions">
        <Action onClick={onClose} class="editor__button--main" icon="check">
          {words.close}
        </Action>
        <Action onClick={onHere} class="editor__here" icon="plus">
          {words.drawHere}
        </Action>
        <Action onClick={onUndo}>{words.undo}</Action>
        <Action onClick={onRemove} icon="trash">
          {words.removeCorner}
        </Action>
        <Action onClick={onStartOver}>{words.startOver}</Action>
        {onFile !== undefined && <FileButton locale={locale} onFile={onFile} />}
      </div>
    </div>
  );
}
