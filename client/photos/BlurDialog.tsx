import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/i18n.ts';
import { photos } from '../runtime.ts';
import { newKey } from '../state/new-key.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { cellsIn, cellsUnder, colourOf, type Frame, type Grid, gridOf, moved, type Stroke } from './blur.ts';
import type { DraftPhoto } from './photo-keeper.ts';
import { jpegOf, openJpeg } from './picture.ts';

// A finger on a phone's screen, in CSS pixels.
const fingerRadius = 18;

type Picture = { bitmap: ImageBitmap; grid: Grid; colours: Uint8ClampedArray };

/** The picture with the colour of each cell, which the browser averages by drawing it small. */
function pictureOf(bitmap: ImageBitmap): Picture | null {
  const grid = gridOf(bitmap);
  const canvas = document.createElement('canvas');
  canvas.width = grid.columns;
  canvas.height = grid.rows;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) return null;
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, bitmap.width / grid.cell, bitmap.height / grid.cell);
  return { bitmap, grid, colours: context.getImageData(0, 0, grid.columns, grid.rows).data };
}

function paint(canvas: HTMLCanvasElement, { grid, colours }: Picture, cells: Iterable<number>): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  for (const index of cells) {
    context.fillStyle = colourOf(colours, index);
    const [column, row] = [index % grid.columns, Math.floor(index / grid.columns)];
    context.fillRect(column * grid.cell, row * grid.cell, grid.cell, grid.cell);
  }
}

function draw(canvas: HTMLCanvasElement, picture: Picture, strokes: readonly Stroke[]): void {
  canvas.getContext('2d')?.drawImage(picture.bitmap, 0, 0);
  for (const stroke of strokes) paint(canvas, picture, stroke);
}

const startFrame = ({ columns, rows }: Grid): Frame => {
  const [across, down] = [Math.min(6, columns), Math.min(6, rows)];
  return {
    column: Math.floor((columns - across) / 2),
    row: Math.floor((rows - down) / 2),
    columns: across,
    rows: down,
  };
};

const percent = (part: number, whole: number) => `${Math.min(100, (100 * part) / whole)}%`;

/** Where the frame lies on the picture. */
function frameStyle({ grid, bitmap }: Picture, { column, row, columns, rows }: Frame) {
  return {
    left: percent(column * grid.cell, bitmap.width),
    top: percent(row * grid.cell, bitmap.height),
    width: percent(Math.min(columns * grid.cell, bitmap.width - column * grid.cell), bitmap.width),
    height: percent(Math.min(rows * grid.cell, bitmap.height - row * grid.cell), bitmap.height),
  };
}

/**
 * The reporter paints over what nobody should recognise, with a finger or with a frame that keys move. What is painted
 * is burned into the picture; the one without it is forgotten.
 */
export function BlurDialog({
  photo,
  onBlurred,
  onClose,
}: {
  photo: DraftPhoto;
  onBlurred: (blurred: DraftPhoto) => void;
  onClose: () => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [picture, setPicture] = useState<Picture | 'lost' | null>(null);
  const [strokes, setStrokes] = useState<readonly Stroke[]>([]);
  const [frame, setFrame] = useState<Frame | null>(null);
  const stroke = useRef<Set<number> | null>(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    let wanted = true;
    let opened: ImageBitmap | null = null;
    void (async () => {
      const bytes = await photos.get(photo.key);
      opened = bytes === null ? null : await openJpeg(bytes);
      const found = opened === null ? null : pictureOf(opened);
      if (wanted) setPicture(found ?? 'lost');
      else opened?.close();
    })();
    return () => {
      wanted = false;
      opened?.close();
    };
  }, [photo.key]);
  useEffect(() => {
    if (canvas.current !== null && picture !== null && picture !== 'lost')
      draw(canvas.current, picture, strokes);
  }, [picture, strokes]);

  if (picture === null || picture === 'lost') {
    return (
      <Dialog title={t('blur.title')} onClose={onClose}>
        {picture === 'lost' ? <p>{t('blur.lost')}</p> : <p role="status">{t('app.loading')}</p>}
      </Dialog>
    );
  }
  const { grid, bitmap } = picture;

  const touch = (event: PointerEvent) => {
    const element = canvas.current;
    if (stroke.current === null || element === null) return;
    const box = element.getBoundingClientRect();
    const scale = bitmap.width / box.width;
    const at = { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
    const cells = cellsUnder(grid, at, fingerRadius * scale);
    for (const cell of cells) stroke.current.add(cell);
    paint(element, picture, cells);
  };
  const lift = () => {
    const finished = stroke.current;
    stroke.current = null;
    if (finished !== null && finished.size > 0) setStrokes((before) => [...before, finished]);
  };
  const press = (event: KeyboardEvent) => {
    const now = frame ?? startFrame(grid);
    const next = moved(grid, now, event.key, event.shiftKey);
    if (next !== null) setFrame(next);
    else if (event.key === 'Enter') setStrokes((before) => [...before, new Set(cellsIn(grid, now))]);
    else return;
    event.preventDefault();
  };
  const finish = async () => {
    if (strokes.length === 0) return onClose();
    setBusy(true);
    const burned = document.createElement('canvas');
    burned.width = bitmap.width;
    burned.height = bitmap.height;
    draw(burned, picture, strokes);
    const key = newKey();
    await photos.put(key, await jpegOf(burned));
    onBlurred({ key, blurred: true });
    await photos.forget([photo.key]);
  };

  return (
    <Dialog title={t('blur.title')} onClose={onClose}>
      <p class="hint">{t('blur.how')}</p>
      <div class="blur">
        <canvas
          ref={canvas}
          class="blur__canvas"
          width={bitmap.width}
          height={bitmap.height}
          tabIndex={0}
          role="application"
          aria-label={t('blur.canvas')}
          onKeyDown={press}
          onFocus={() => setFrame((before) => before ?? startFrame(grid))}
          onBlur={() => setFrame(null)}
          onPointerDown={(event) => {
            // A finger needs no frame, and one gesture is one stroke.
            event.preventDefault();
            event.currentTarget.setPointerCapture(event.pointerId);
            stroke.current = new Set();
            touch(event);
          }}
          onPointerMove={touch}
          onPointerUp={lift}
          onPointerCancel={lift}
        />
        {frame !== null && <span class="blur__frame" style={frameStyle(picture, frame)} />}
      </div>
      <p class="hint" role="status">
        {strokes.length > 0 && t('blur.count', { count: strokes.length })}
      </p>
      <div class="buttons">
        <button
          type="button"
          class="button"
          disabled={strokes.length === 0 || busy}
          onClick={() => setStrokes(strokes.slice(0, -1))}
        >
          {t('blur.undo')}
        </button>
        <button type="button" class="button button--primary" disabled={busy} onClick={() => void finish()}>
          {t('blur.done')}
        </button>
      </div>
    </Dialog>
  );
}
