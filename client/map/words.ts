import type { Severity } from '../../shared/incidents.ts';
import type { Locale } from '../../shared/text.ts';

type MapWords = {
  map: string;
  /** What the keys do, read out after the map's name. */
  mapKeys: string;
  zoomIn: string;
  zoomOut: string;
  myPosition: string;
  positionAsked: string;
  positionDenied: string;
  positionInsecure: string;
  positionUnavailable: string;
  groundMissing: string;
  cluster: (count: string, worst: string) => string;
  clusterAtOnePlace: (count: string, worst: string) => string;
  severity: Record<Severity, string>;
  pinHere: string;
  pinCoarse: string;
  pickerKeys: string;
  pinInside: string;
  pinOutside: string;
  drawHint: string;
  drawMore: (missing: number) => string;
  drawOpen: string;
  drawClosed: (area: string) => string;
  drawCrossing: string;
  drawUnusable: string;
  drawImported: string;
  drawSimplified: string;
  drawHere: string;
  routeMap: string;
  routeHint: string;
  routeMore: string;
  routeOn: (length: string) => string;
  routeFull: (length: string) => string;
  routeOutside: string;
  corner: (number: number, of: number) => string;
  cornerKeys: string;
  middle: (number: number) => string;
  undo: string;
  removeCorner: string;
  close: string;
  startOver: string;
  openFile: string;
  chooseFeature: (count: string) => string;
  fileNotJson: string;
  fileTooLarge: string;
  fileCrosses: string;
  fileMetres: string;
  fileNoBoundary: string;
  areaHint: Record<'circle' | 'polygon' | 'line', string>;
  areaDone: Record<'circle' | 'polygon' | 'line', string>;
  areaMap: string;
  areaTooMany: string;
};

const en: MapWords = {
  map: 'Map',
  mapKeys: 'Arrow keys move the map, plus and minus change its scale.',
  zoomIn: 'Closer',
  zoomOut: 'Further away',
  myPosition: 'My position',
  positionAsked: 'Looking for your position',
  positionDenied: 'This page may not see your position. You can allow it in the browser’s settings.',
  positionInsecure: 'This needs a secure address (https). Ask whoever runs this server.',
  positionUnavailable: 'Your position cannot be found right now.',
  groundMissing: 'The map’s background is not reachable. Your boundary and incidents still show.',
  cluster: (count, worst) => `${count} incidents, the worst: ${worst}. Show closer.`,
  clusterAtOnePlace: (count, worst) =>
    `${count} incidents at one place, the worst: ${worst}. Open the next one.`,
  severity: { minor: 'minor', moderate: 'moderate', severe: 'severe', extreme: 'extreme' },
  pinHere: 'Tap the place, or move the map',
  pinCoarse: 'Neighbours see this square',
  pickerKeys: 'Arrow keys move the pin, with Shift further. Plus and minus change the scale.',
  pinInside: 'The pin is in the neighbourhood.',
  pinOutside: 'This is more than 500 m outside the neighbourhood. Move the pin closer.',
  drawHint: 'Tap the corners of the neighbourhood, one after the other.',
  drawMore: (missing) => (missing === 1 ? 'One more corner.' : `${missing} more corners.`),
  drawOpen: 'Tap the next corner, or close the line.',
  drawClosed: (area) => `The boundary is closed: ${area}. Drag a corner to move it.`,
  drawCrossing: 'The line crosses itself. Move a corner, or undo.',
  drawUnusable: 'This outline holds no area. Move a corner, or undo.',
  drawImported: 'This is the boundary from your file.',
  drawSimplified:
    'This is the boundary from your file, with fewer corners than there. The operator can import it exactly.',
  drawHere: 'Set a corner in the middle',
  routeMap: 'Map of the way',
  routeHint: 'Tap the way on the map, one corner after the other.',
  routeMore: 'Tap where it goes on.',
  routeOn: (length) => `The way is ${length} long. Tap where it goes on, or drag a corner.`,
  routeFull: (length) => `The way is ${length} long. It has as many corners as a way may have.`,
  routeOutside: 'A part of the way is more than 500 m outside the neighbourhood.',
  corner: (number, of) => `Corner ${number} of ${of}`,
  cornerKeys: 'Arrow keys move it, with Shift further; Delete removes it.',
  middle: (number) => `Add a corner after corner ${number}`,
  undo: 'Undo',
  removeCorner: 'Remove corner',
  close: 'Close the line',
  startOver: 'Start over',
  openFile: 'Open a file',
  chooseFeature: (count) => `The file holds ${count} places. Which one?`,
  fileNotJson: 'This file is not GeoJSON.',
  fileTooLarge: 'This file is too large: at most 20 MB.',
  fileCrosses: 'The boundary in this file crosses itself.',
  fileMetres: 'This file is not in longitude and latitude. Convert it to WGS 84 first.',
  fileNoBoundary: 'This file holds no boundary that can be used.',
  areaHint: {
    circle: 'Tap the middle of the place.',
    polygon: 'Tap the corners of the place, one after the other.',
    line: 'Tap along the way, from its beginning to its end.',
  },
  areaDone: {
    circle: 'This is the place. Drag its middle to move it.',
    polygon: 'This is the place. Drag a corner to move it.',
    line: 'This is the way. Tap further to go on, or drag a corner to move it.',
  },
  areaMap: 'Map of the place',
  areaTooMany: 'That is all the corners a place can have. Remove one, or be content with these.',
};

const fr: MapWords = {
  map: 'Carte',
  mapKeys: 'Les flèches déplacent la carte, plus et moins changent son échelle.',
  zoomIn: 'Plus près',
  zoomOut: 'Plus loin',
  myPosition: 'Ma position',
  positionAsked: 'Recherche de votre position',
  positionDenied:
    'Cette page n’a pas accès à votre position. Vous pouvez l’autoriser dans les réglages du navigateur.',
  positionInsecure: 'Il faut une adresse sécurisée (https). Demandez à la personne qui gère ce serveur.',
  positionUnavailable: 'Votre position est introuvable pour le moment.',
  groundMissing: 'Le fond de carte n’est pas joignable. Le contour et les incidents restent visibles.',
  cluster: (count, worst) => `${count} incidents, le plus grave : ${worst}. Voir de plus près.`,
  clusterAtOnePlace: (count, worst) =>
    `${count} incidents au même endroit, le plus grave : ${worst}. Ouvrir le suivant.`,
  severity: { minor: 'mineur', moderate: 'modéré', severe: 'grave', extreme: 'extrême' },
  pinHere: 'Touchez l’endroit, ou déplacez la carte',
  pinCoarse: 'Vos voisins voient ce carré',
  pickerKeys: 'Les flèches déplacent l’épingle, plus loin avec Maj. Plus et moins changent l’échelle.',
  pinInside: 'L’épingle est dans le quartier.',
  pinOutside: 'C’est à plus de 500 m du quartier. Rapprochez l’épingle.',
  drawHint: 'Touchez les coins du quartier, l’un après l’autre.',
  drawMore: (missing) => (missing === 1 ? 'Encore un coin.' : `Encore ${missing} coins.`),
  drawOpen: 'Touchez le coin suivant ou fermez la ligne.',
  drawClosed: (area) => `Le contour est fermé : ${area}. Faites glisser un coin pour le déplacer.`,
  drawCrossing: 'La ligne se croise. Déplacez un coin ou annulez.',
  drawUnusable: 'Ce contour n’entoure aucune surface. Déplacez un coin ou annulez.',
  drawImported: 'Voici le contour de votre fichier.',
  drawSimplified:
    'Voici le contour de votre fichier, avec moins de points. L’administrateur peut l’importer exactement.',
  drawHere: 'Poser un coin au centre',
  routeMap: 'Carte du parcours',
  routeHint: 'Touchez le parcours sur la carte, un coin après l’autre.',
  routeMore: 'Touchez là où il continue.',
  routeOn: (length) => `Le parcours fait ${length}. Touchez là où il continue, ou faites glisser un coin.`,
  routeFull: (length) => `Le parcours fait ${length}. Il a autant de coins que possible.`,
  routeOutside: 'Une partie du parcours est à plus de 500 m du quartier.',
  corner: (number, of) => `Coin ${number} sur ${of}`,
  cornerKeys: 'Les flèches le déplacent, plus loin avec Maj ; Suppr l’enlève.',
  middle: (number) => `Ajouter un coin après le coin ${number}`,
  undo: 'Annuler',
  removeCorner: 'Enlever le coin',
  close: 'Fermer la ligne',
  startOver: 'Recommencer',
  openFile: 'Ouvrir un fichier',
  chooseFeature: (count) => `Le fichier contient ${count} lieux. Lequel ?`,
  fileNotJson: 'Ce fichier n’est pas du GeoJSON.',
  fileTooLarge: 'Ce fichier est trop grand : 20 Mo au plus.',
  fileCrosses: 'Le contour de ce fichier se croise.',
  fileMetres: 'Ce fichier n’est pas en longitude et latitude. Convertissez-le d’abord en WGS 84.',
  fileNoBoundary: 'Ce fichier ne contient aucun contour utilisable.',
  areaHint: {
    circle: 'Touchez le milieu du lieu.',
    polygon: 'Touchez les coins du lieu, l’un après l’autre.',
    line: 'Touchez le long du chemin, du début à la fin.',
  },
  areaDone: {
    circle: 'Voici le lieu. Faites glisser son milieu pour le déplacer.',
    polygon: 'Voici le lieu. Faites glisser un coin pour le déplacer.',
    line: 'Voici le chemin. Touchez plus loin pour continuer, ou faites glisser un coin.',
  },
  areaMap: 'Carte du lieu',
  areaTooMany: 'Un lieu ne peut pas avoir plus de coins. Enlevez-en un, ou gardez ceux-ci.',
};

/** What the maps say. Kept beside them because only they say it. */
export const mapWords: Record<Locale, MapWords> = { en, fr };
