import { useEffect, useId, useState } from 'preact/hooks';
import type { Position } from '../../shared/geo.ts';
import type { BoundaryGeometry } from '../../shared/neighbourhoods.ts';
import { locale, t } from '../i18n/i18n.ts';
import { loadNames } from '../map/place-names.ts';
import { type Names, searchPlaces, type Suggestion } from '../map/place-search.ts';
import type { Basemap } from '../map/props.ts';
import { shapeOf } from '../map/shape.ts';
import { Icon } from '../ui/icons.tsx';

export type AddressSearchProps = {
  /** A vector one: others carry no names. */
  basemap: NonNullable<Basemap>;
  boundary: BoundaryGeometry;
  /** Where the pin is; null while nobody has chosen. */
  near: Position | null;
  onChoose: (position: Position) => void;
};

function middleOf(boundary: BoundaryGeometry): Position {
  const [[south, west], [north, east]] = shapeOf(boundary)?.corners ?? [
    [0, 0],
    [0, 0],
  ];
  return { lat: (south + north) / 2, lng: (west + east) / 2 };
}

/**
 * A field that finds streets, places and houses by the map's own names: the combobox with a list of the ARIA Authoring
 * Practices Guide. The names are read when the field is used for the first time.
 */
export function AddressSearch({ basemap, boundary, near, onChoose }: AddressSearchProps) {
  const id = useId();
  const [wanted, setWanted] = useState(false);
  const [names, setNames] = useState<Names | 'failed' | null>(null);
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [chosen, setChosen] = useState<string | null>(null);

  useEffect(() => {
    if (!wanted) return undefined;
    let here = true;
    loadNames(basemap, boundary, locale.value).then(
      (loaded) => here && setNames(loaded),
      () => {
        if (!here) return;
        setNames('failed');
        // The next touch tries again.
        setWanted(false);
      },
    );
    return () => {
      here = false;
    };
  }, [wanted]);

  const ready = names !== null && names !== 'failed';
  const found = ready && open ? searchPlaces(names, text, near ?? middleOf(boundary)) : [];
  const shown = found.length > 0;
  const searching = open && text.trim().length > 1;

  function choose({ label, position }: Suggestion): void {
    setText(label);
    setChosen(label);
    setOpen(false);
    setActive(-1);
    onChoose(position);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const { key } = event;
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      const step = key === 'ArrowDown' ? 1 : -1;
      // Beyond the ends lies the field itself.
      const places = found.length + 1;
      if (shown) setActive(((active + 1 + step + places) % places) - 1);
    } else if (key === 'Enter') {
      const one = found[Math.max(0, active)];
      if (!one) return;
      event.preventDefault();
      choose(one);
    } else if (key === 'Escape' && (open || text !== '')) {
      event.preventDefault();
      event.stopPropagation();
      if (!shown) setText('');
      setOpen(false);
      setActive(-1);
    }
  }

  const said = chosen !== null && !open ? t('address.chosen', { place: chosen }) : '';
  const status = !searching
    ? said
    : names === null
      ? t('address.loading')
      : names === 'failed'
        ? t('address.failed')
        : shown
          ? t('address.found', { count: found.length })
          : t('address.nothing');
  return (
    <div class="field address">
      <label class="field__label" for={id}>
        {t('address.label')} ({t('app.optional')})
      </label>
      <div class="address__box">
        <Icon name="search" size={20} />
        <input
          id={id}
          type="text"
          role="combobox"
          class="field__input address__input"
          autocomplete="off"
          aria-autocomplete="list"
          aria-expanded={shown}
          aria-controls={`${id}-list`}
          aria-activedescendant={active >= 0 && shown ? `${id}-${active}` : undefined}
          aria-describedby={`${id}-hint`}
          value={text}
          onFocus={() => setWanted(true)}
          onInput={(event) => {
            setWanted(true);
            setText(event.currentTarget.value);
            setActive(-1);
            setOpen(true);
          }}
          onKeyDown={onKeyDown}
          onBlur={() => setOpen(false)}
        />
        <ul
          id={`${id}-list`}
          class="address__list"
          role="listbox"
          aria-label={t('address.list')}
          hidden={!shown}
        >
          {found.map((one, at) => (
            // Keys stay in the field: it is the field's `aria-activedescendant` that moves.
            <li
              key={`${one.kind} ${one.label}`}
              id={`${id}-${at}`}
              role="option"
              class="address__option"
              aria-selected={at === active}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => choose(one)}
            >
              <span>{one.label}</span>
              <span class="hint">{t(`address.${one.kind}`)}</span>
            </li>
          ))}
        </ul>
      </div>
      <p class={`hint ${shown && open ? 'unseen' : ''}`} role="status">
        {status}
      </p>
      <p class="hint" id={`${id}-hint`}>
        {t('address.hint')}
      </p>
    </div>
  );
}
