// Countries whose emergency number is not 112, by the time zones that lie in them (IANA, without the shared
// prefix). 112 is right in Europe and reaches help from mobile phones almost everywhere else.
const zones: readonly (readonly [number: string, zones: string])[] = [
  [
    '911',
    'America/New_York America/Detroit America/Chicago America/Denver America/Boise America/Phoenix America/Los_Angeles ' +
      'America/Anchorage America/Juneau America/Sitka America/Nome America/Adak Pacific/Honolulu America/Menominee ' +
      'America/Toronto America/Vancouver America/Edmonton America/Winnipeg America/Regina America/Halifax America/St_Johns ' +
      'America/Moncton America/Whitehorse America/Yellowknife America/Iqaluit America/Montreal ' +
      'America/Mexico_City America/Tijuana America/Monterrey America/Cancun America/Merida America/Hermosillo ' +
      'America/Panama America/Costa_Rica America/El_Salvador America/Tegucigalpa America/Puerto_Rico ' +
      'America/Buenos_Aires America/Montevideo America/Asuncion America/Guayaquil America/Lima Asia/Manila',
  ],
  [
    '999',
    'Europe/London Europe/Jersey Europe/Guernsey Europe/Isle_of_Man Asia/Hong_Kong Asia/Singapore Asia/Kuala_Lumpur',
  ],
  [
    '000',
    'Australia/Sydney Australia/Melbourne Australia/Brisbane Australia/Perth Australia/Adelaide Australia/Darwin ' +
      'Australia/Hobart Australia/Canberra',
  ],
  ['111', 'Pacific/Auckland Pacific/Chatham'],
  ['119', 'Asia/Tokyo Asia/Seoul Asia/Taipei'],
  ['190', 'America/Sao_Paulo America/Bahia America/Recife America/Fortaleza America/Manaus America/Belem'],
  ['123', 'America/Bogota'],
  ['133', 'America/Santiago'],
  ['110', 'Asia/Shanghai Asia/Urumqi'],
];

// Before zones were renamed, and where one country has a whole folder of them.
const prefixes: readonly (readonly [prefix: string, number: string])[] = [
  ['US/', '911'],
  ['Canada/', '911'],
  ['America/Indiana/', '911'],
  ['America/Kentucky/', '911'],
  ['America/North_Dakota/', '911'],
  ['America/Argentina/', '911'],
  ['Australia/', '000'],
  ['Brazil/', '190'],
];

const byZone = new Map(zones.flatMap(([number, names]) => names.split(' ').map((name) => [name, number])));

/** The number to call first where this time zone is (IANA name); 112 where nothing else is known. */
export function emergencyNumber(timeZone: string): string {
  return byZone.get(timeZone) ?? prefixes.find(([prefix]) => timeZone.startsWith(prefix))?.[1] ?? '112';
}

/** The number for where this device is. */
export const emergencyNumberHere = () => emergencyNumber(Intl.DateTimeFormat().resolvedOptions().timeZone);
