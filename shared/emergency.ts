/** Who is called: the number of each may differ from country to country. */
export type EmergencyService = 'police' | 'fire' | 'ambulance';

/** `general` is what to call where no single service is meant, or where one does not know which. */
export type EmergencyNumbers = Readonly<Record<EmergencyService | 'general', string>>;

// Numbers that can be dialled without a prefix, and the countries (ISO 3166-1) where they hold: one number for all, or
// general, police, fire, ambulance. Source: Wikipedia, "List of emergency telephone numbers", as of 2026; no authority was
// asked, and no national list was compared. `general`, where each service has its own number, is 112 (ITU-T E.161.1
// recommends it or 911), or the police where 112 is not what landlines know.
// A mistake found here is mended here, in one line.
const byNumbers: readonly (readonly [numbers: string, countries: string])[] = [
  ['112', 'AX BG CD CY DK EE ES FI FO GE GL IE IS KW LT MD MT NG NL PT RO SE ST TL TR TZ ZM'],
  ['911', 'AG AI AS AW BM BQ BS BZ CA CR DO EC FM GD GU HN JO KN KY LC LR MH MP MX PH PR PW TC US VE VI'],
  ['999', 'BD BH DM FK GB GG GI HK IM JE KE MO MS MY QA SC SH UG VC VG'],
  ['000', 'AU CC CX NF'],
  ['111', 'NZ'],
  ['9999', 'OM'],
  ['112 17 18 15', 'BL FR GF GP MF ML MQ NC NE PF PM RE WF YT'],
  ['112 102 101 103', 'AZ BY KG KZ RU TJ UA UZ'],
  ['112 192 193 194', 'HR MK RS'],
  ['112 113 115 118', 'IT SM VA'],
  ['112 122 123 124', 'BA ME'],
  ['112 117 118 144', 'CH LI'],
  ['112 158 150 155', 'CZ SK'],
  ['100 100 102 101', 'IL PS'],
  ['119 110 119 119', 'JP TW'],
  ['112 113 112 112', 'LU SI'],
  ['112 112 110 113', 'NO SJ'],
  ['112 110 118 116', 'AD'],
  ['999 999 997 998', 'AE'],
  ['119 119 119 112', 'AF'],
  ['112 129 128 127', 'AL'],
  ['911 102 101 103', 'AM'],
  ['112 113 115 112', 'AO'],
  ['911 911 100 107', 'AR'],
  ['112 133 122 144', 'AT'],
  ['211 211 311 511', 'BB'],
  ['112 101 112 112', 'BE'],
  ['112 17 18 112', 'BF'],
  ['112 117 118 112', 'BJ'],
  ['993 993 995 991', 'BN'],
  ['110 110 119 118', 'BO'],
  ['190 190 193 192', 'BR'],
  ['113 113 110 112', 'BT'],
  ['112 999 998 997', 'BW'],
  ['112 111 180 185', 'CI'],
  ['133 133 132 131', 'CL'],
  ['112 117 118 119', 'CM'],
  ['110 110 119 120', 'CN'],
  ['123 123 119 125', 'CO'],
  ['106 106 105 104', 'CU'],
  ['112 132 131 130', 'CV'],
  ['911 911 911 912', 'CW'],
  ['112 110 112 112', 'DE'],
  ['112 17 14 14', 'DZ'],
  ['112 122 180 123', 'EG'],
  ['991 991 939 907', 'ET'],
  ['911 917 910 911', 'FJ'],
  ['112 1730 18 1300', 'GA'],
  ['112 191 192 193', 'GH'],
  ['112 100 199 166', 'GR'],
  ['911 911 912 913', 'GY'],
  ['112 107 105 104', 'HU'],
  ['112 110 113 119', 'ID'],
  ['112 112 101 108', 'IN'],
  ['110 110 125 115', 'IR'],
  ['119 119 110 110', 'JM'],
  ['117 117 118 119', 'KH'],
  ['119 112 119 119', 'KR'],
  ['191 191 190 195', 'LA'],
  ['112 112 175 140', 'LB'],
  ['119 119 110 1990', 'LK'],
  ['112 110 112 113', 'LV'],
  ['112 19 15 15', 'MA'],
  ['112 17 18 18', 'MC'],
  ['112 117 118 124', 'MG'],
  ['199 199 191 192', 'MM'],
  ['105 102 101 103', 'MN'],
  ['999 999 995 114', 'MU'],
  ['112 119 198 117', 'MZ'],
  ['100 100 101 102', 'NP'],
  ['911 104 103 911', 'PA'],
  ['105 105 116 106', 'PE'],
  ['112 112 110 111', 'PG'],
  ['15 15 16 1122', 'PK'],
  ['112 997 998 999', 'PL'],
  ['911 911 132 141', 'PY'],
  ['112 112 112 912', 'RW'],
  ['999 999 998 997', 'SA'],
  ['999 999 995 995', 'SG'],
  ['112 17 18 1515', 'SN'],
  ['112 115 110 113', 'SR'],
  ['911 911 913 132', 'SV'],
  ['911 911 919 912', 'SX'],
  ['112 112 113 110', 'SY'],
  ['112 117 118 8200', 'TG'],
  ['191 191 199 1669', 'TH'],
  ['112 197 198 190', 'TN'],
  ['999 999 990 811', 'TT'],
  ['911 911 104 105', 'UY'],
  ['113 113 114 115', 'VN'],
  ['112 10111 10177 10177', 'ZA'],
  ['999 995 993 994', 'ZW'],
];

const byCountry = new Map(
  byNumbers.flatMap(([numbers, countries]) =>
    countries.split(' ').map((country) => [country, numbers.split(' ')] as const),
  ),
);

/** The countries whose numbers are known, as ISO codes. */
export const emergencyCountries: readonly string[] = [...byCountry.keys()];

/**
 * The numbers of a country (ISO 3166-1, two letters). Where nothing is known it is 112, which mobile phones take for an
 * emergency call whatever the network (3GPP TS 22.101, section 10.1).
 */
export function emergencyNumbers(country: string | null): EmergencyNumbers {
  const [general = '112', police = general, fire = general, ambulance = general] =
    byCountry.get(country ?? '') ?? [];
  return { general, police, fire, ambulance };
}
