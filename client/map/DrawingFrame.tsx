import './editor.css';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { MapFrame, type MapFrameProps, MyPositionButton } from './MapFrame.tsx';
import type { MyPosition } from './my-position.ts';
import { useLatest } from './use-map.ts';
import { centreOn } from './view.ts';
import { mapWords } from './words.ts';

const nearZoom = 16;

type DrawingFrameProps = Omit<MapFrameProps, 'keys' | 'children'> & {
  /** Whether a corner may be added: the cross shows where the keys would set it. */
  adding: boolean;
  mine: MyPosition;
  onMine: () => void;
  /** What is said and offered, below the map so that it covers nothing of what is drawn. */
  children: ComponentChildren;
};

/** The map that somebody draws on; it goes to where they are once that is found. Fills its parent. */
export function DrawingFrame({ adding, mine, onMine, children, ...frame }: DrawingFrameProps) {
  const { map, locale } = frame;
  const padding = useLatest(frame.padding);
  const found = mine.state === 'on';
  useEffect(() => {
    if (map !== null && mine.state === 'on') centreOn(map, mine.position, nearZoom, padding.current);
  }, [found]);
  return (
    <div class="drawing">
      <div class="drawing__map">
        <MapFrame {...frame} keys={mapWords[locale].mapKeys}>
          {adding && <div class="editor__cross" aria-hidden="true" />}
          <div class="map__tools editor__tools">
            <MyPositionButton mine={mine} locale={locale} onClick={onMine} />
          </div>
        </MapFrame>
      </div>
      {children}
    </div>
  );
}
