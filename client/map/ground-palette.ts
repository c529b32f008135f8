const names = [
  'land',
  'built',
  'green',
  'sand',
  'water',
  'building',
  'building-line',
  'road',
  'road-major',
  'road-edge',
  'path',
  'rail',
  'border',
  'label',
  'label-quiet',
  'label-water',
] as const;

export type GroundPalette = Record<(typeof names)[number] | 'halo', string>;

/** Reads the `--ground-*` tokens as they are in the page's theme now, for drawing on a canvas. */
export function readPalette(parent: HTMLElement): GroundPalette {
  const probe = document.createElement('span');
  probe.hidden = true;
  parent.append(probe);
  const read = (token: string) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const entries = names.map((name) => [name, read(`--ground-${name}`)] as const);
  const palette = Object.fromEntries([...entries, ['halo', read('--halo')]]) as GroundPalette;
  probe.remove();
  return palette;
}
