import * as v from 'valibot';
import { Mapping, type MappingInput } from './mapping.ts';

/** data.police.uk, "street-level crime": a month, and a map point near the place. One Crime ID can have several rows. */
const policeUk: MappingInput = {
  source: 'data.police.uk',
  key: { columns: ['Crime ID', 'Month', 'Longitude', 'Latitude', 'Location', 'Crime type'], unique: false },
  position: { kind: 'degrees', lng: 'Longitude', lat: 'Latitude' },
  time: { kind: 'written', date: 'Month', format: 'YYYY-MM' },
  category: {
    columns: ['Crime type'],
    values: {
      'Anti-social behaviour': ['noise', 'minor'],
      'Bicycle theft': ['theft', 'minor'],
      Burglary: ['break-in', 'severe'],
      'Criminal damage and arson': ['damage', 'moderate'],
      Drugs: ['suspicious', 'minor'],
      'Other theft': ['theft', 'minor'],
      'Possession of weapons': ['suspicious', 'severe'],
      'Public order': ['other', 'moderate'],
      Robbery: ['theft', 'severe'],
      Shoplifting: ['theft', 'minor'],
      'Theft from the person': ['theft', 'moderate'],
      'Vehicle crime': ['theft', 'moderate'],
      'Violence and sexual offences': ['other', 'severe'],
      'Other crime': ['other', 'minor'],
    },
  },
  title: ['Crime type'],
  description: [{ column: 'Location' }, { column: 'Last outcome category', label: 'Outcome: ' }],
  vague: { day: 'Time of day unknown: {date}', month: 'Only the month is known: {date}' },
};

/** Vancouver Police, GeoDASH: UTM zone 10 N in metres; 0, 0 where the place is withheld; no ids. */
const vancouver: MappingInput = {
  source: 'Vancouver Police Department',
  key: { columns: 'all', unique: false },
  position: { kind: 'projected', x: 'X', y: 'Y', crs: 'EPSG:26910' },
  time: { kind: 'parts', year: 'YEAR', month: 'MONTH', day: 'DAY', hour: 'HOUR', minute: 'MINUTE' },
  category: {
    columns: ['TYPE'],
    values: {
      'Break and Enter Commercial': ['break-in', 'moderate'],
      'Break and Enter Residential/Other': ['break-in', 'severe'],
      Homicide: ['other', 'extreme'],
      Mischief: ['damage', 'minor'],
      'Offence Against a Person': ['other', 'severe'],
      'Other Theft': ['theft', 'minor'],
      'Theft from Vehicle': ['theft', 'minor'],
      'Theft of Bicycle': ['theft', 'minor'],
      'Theft of Vehicle': ['theft', 'moderate'],
      'Vehicle Collision or Pedestrian Struck (with Fatality)': ['road-hazard', 'extreme'],
      'Vehicle Collision or Pedestrian Struck (with Injury)': ['road-hazard', 'severe'],
    },
  },
  title: ['TYPE'],
  description: [{ column: 'HUNDRED_BLOCK' }, { column: 'NEIGHBOURHOOD' }],
};

/** Ville de Paris, "Dans ma rue": residents' reports, in French; days without time; positions as Python writes them. */
const parisDmr: MappingInput = {
  source: 'Ville de Paris, Dans ma rue',
  key: { columns: ['id_dmr'], unique: true },
  position: { kind: 'cell', column: 'geo_point_2d' },
  time: { kind: 'written', date: 'datedecl', format: 'YYYY-MM-DD' },
  category: {
    columns: ['soustype', 'type'],
    values: {
      'Étalages et terrasses à usage commercial : Nuisance sonore': ['noise', 'minor'],
      'Éclairage public éteint la nuit': ['road-hazard', 'moderate'],
      'Chaussées : Affaissement, trou, bosse, pavé arraché': ['road-hazard', 'moderate'],
      'Trottoirs : Affaissement, trou, bosse, pavé arraché': ['road-hazard', 'moderate'],
      'Chantier : Chantier de voirie sans barrière ou information et présentant un danger': [
        'road-hazard',
        'severe',
      ],
      'Graffitis, tags, affiches et autocollants': ['damage', 'minor'],
      'Objets abandonnés': ['other', 'minor'],
      Propreté: ['other', 'minor'],
      'Autos, motos, vélos, trottinettes...': ['road-hazard', 'minor'],
      'Voirie et espace public': ['road-hazard', 'minor'],
      'Mobiliers urbains': ['damage', 'minor'],
      'Arbres, végétaux et animaux': ['other', 'minor'],
      'Activités commerciales et professionnelles': ['other', 'minor'],
      'Éclairage / Électricité': ['damage', 'moderate'],
      Eau: ['damage', 'moderate'],
    },
  },
  title: ['soustype', 'type'],
  description: [{ column: 'type' }, { column: 'adresse' }],
  vague: { day: 'Heure inconnue : {date}', month: 'Jour inconnu : {date}' },
};

/** San Francisco Police, up to 2018: a row per offence, several to one incident number; PdId tells them apart. */
const sanFrancisco: MappingInput = {
  source: 'San Francisco Police Department',
  key: { columns: ['PdId'], unique: true },
  position: { kind: 'degrees', lng: 'X', lat: 'Y' },
  time: { kind: 'written', date: 'Date', format: 'MM/DD/YYYY', time: 'Time' },
  category: {
    columns: ['Category'],
    values: {
      ARSON: ['fire', 'severe'],
      ASSAULT: ['other', 'severe'],
      BURGLARY: ['break-in', 'severe'],
      'DISORDERLY CONDUCT': ['noise', 'minor'],
      'DRUG/NARCOTIC': ['suspicious', 'minor'],
      DRUNKENNESS: ['noise', 'minor'],
      'DRIVING UNDER THE INFLUENCE': ['road-hazard', 'moderate'],
      KIDNAPPING: ['missing', 'extreme'],
      'LARCENY/THEFT': ['theft', 'minor'],
      'MISSING PERSON': ['missing', 'severe'],
      ROBBERY: ['theft', 'severe'],
      RUNAWAY: ['missing', 'severe'],
      'SEX OFFENSES, FORCIBLE': ['other', 'severe'],
      'STOLEN PROPERTY': ['theft', 'minor'],
      SUICIDE: ['medical', 'severe'],
      'SUSPICIOUS OCC': ['suspicious', 'minor'],
      TRESPASS: ['suspicious', 'minor'],
      VANDALISM: ['damage', 'minor'],
      'VEHICLE THEFT': ['theft', 'moderate'],
      'WEAPON LAWS': ['suspicious', 'severe'],
    },
  },
  title: ['Descript'],
  description: [
    { column: 'Category' },
    { column: 'Address' },
    { column: 'Resolution', label: 'Resolution: ' },
  ],
};

const inputs = {
  'police-uk': policeUk,
  vancouver,
  'paris-dmr': parisDmr,
  'san-francisco': sanFrancisco,
} as const;

/** Ready mappings of published files, by the name that a person types. */
export const presets: ReadonlyMap<string, Mapping> = new Map(
  Object.entries(inputs).map(([name, input]) => [name, v.parse(Mapping, input)]),
);
