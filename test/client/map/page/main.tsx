import '../../../../client/tokens.css';
import '../../../../client/styles/marks.css';
import './page.css';
import { type ComponentType, render } from 'preact';
import { useEffect } from 'preact/hooks';
import { BoundaryEditor } from '../../../../client/map/BoundaryEditor.tsx';
import { NeighbourhoodMap } from '../../../../client/map/NeighbourhoodMap.tsx';
import { PlaceMap } from '../../../../client/map/PlaceMap.tsx';
import { PositionPicker } from '../../../../client/map/PositionPicker.tsx';
import type {
  BoundaryEditorProps,
  NeighbourhoodMapProps,
  PlaceMapProps,
  PositionPickerProps,
} from '../../../../client/map/props.ts';

/**
 * What a test may ask of the page. Callbacks are recorded, because functions cannot cross the DevTools protocol. What
 * shows something resolves when its effects have run.
 */
export type MapPage = {
  calls: { name: string; args: unknown[] }[];
  neighbourhood: (
    props: Omit<NeighbourhoodMapProps, 'onSelect' | 'incidentName' | 'onView' | 'arrivals'> & {
      arrivals?: string[];
    },
  ) => Promise<void>;
  place: (props: PlaceMapProps) => Promise<void>;
  picker: (props: Omit<PositionPickerProps, 'onChange'>) => Promise<void>;
  editor: (props: Omit<BoundaryEditorProps, 'onChange'>) => Promise<void>;
  leave: () => void;
};

declare global {
  interface Window {
    mapPage: MapPage;
  }
}

const calls: MapPage['calls'] = [];
const record =
  (name: string) =>
  (...args: unknown[]) => {
    calls.push({ name, args });
  };
const app = document.querySelector('#app') ?? document.body;

/** Rendered last, it hears of its effects after all others have run. */
function Last({ onEffect }: { onEffect: () => void }) {
  useEffect(onEffect);
  return null;
}

function show<Props extends { theme: string }>(Component: ComponentType<Props>, props: Props): Promise<void> {
  document.documentElement.dataset['theme'] = props.theme;
  return new Promise((resolve) => {
    render(
      <>
        <Component {...props} />
        <Last onEffect={resolve} />
      </>,
      app,
    );
  });
}

const onSelect = record('select');
const onView = record('view');
const onChange = record('change');

window.mapPage = {
  calls,
  neighbourhood: ({ arrivals = [], ...props }) =>
    show(NeighbourhoodMap, {
      ...props,
      arrivals: new Set(arrivals),
      onSelect,
      onView,
      incidentName: ({ severity, category, status }) => `${severity}: ${category}, ${status}`,
    }),
  place: (props) => show(PlaceMap, props),
  picker: (props) => show(PositionPicker, { ...props, onChange }),
  editor: (props) => show(BoundaryEditor, { ...props, onChange }),
  leave: () => render(null, app),
};
