import * as L from 'leaflet';

/** A mark with a name under it; without one only the mark. */
export function namedIcon(className: string, size: number, name: string | undefined): L.DivIcon {
  const mark = document.createElement('span');
  mark.className = className;
  if (name !== undefined) {
    const words = document.createElement('span');
    words.className = 'mark-name';
    words.textContent = name;
    mark.append(words);
  }
  return L.divIcon({ html: mark, className: 'pin-place', iconSize: [size, size] });
}
