// Which country a time zone lies in: the Time Zone Database's zone.tab (2025b, in the public domain), and the names that
// zones had before (its `backward` file), since browsers still use some of them. Folder, then `country:city,city`. Countries
// of which nothing else is known here are left out.
const folders: readonly (readonly [folder: string, zones: string])[] = [
  [
    '',
    'CN:PRC CU:Cuba EG:Egypt GB:GB,GB-Eire HK:Hongkong IE:Eire IL:Israel IR:Iran IS:Iceland JM:Jamaica ' +
      'JP:Japan KR:ROK MH:Kwajalein NZ:NZ,NZ-CHAT PL:Poland PT:Portugal RU:W-SU SG:Singapore TR:Turkey ' +
      'TW:ROC US:Navajo',
  ],
  [
    'Africa',
    'AO:Luanda BF:Ouagadougou BJ:Porto-Novo BW:Gaborone CD:Kinshasa,Lubumbashi CI:Abidjan CM:Douala ' +
      'DZ:Algiers EG:Cairo ES:Ceuta ET:Addis_Ababa GA:Libreville GH:Accra KE:Nairobi LR:Monrovia ' +
      'MA:Casablanca ML:Bamako,Timbuktu MZ:Maputo NE:Niamey NG:Lagos RW:Kigali SN:Dakar ST:Sao_Tome TG:Lome ' +
      'TN:Tunis TZ:Dar_es_Salaam UG:Kampala ZA:Johannesburg ZM:Lusaka ZW:Harare',
  ],
  [
    'America',
    'AG:Antigua AI:Anguilla AR:Buenos_Aires,Catamarca,Cordoba,Jujuy,Mendoza,Rosario AW:Aruba BB:Barbados ' +
      'BL:St_Barthelemy BO:La_Paz BQ:Kralendijk ' +
      'BR:Araguaina,Bahia,Belem,Boa_Vista,Campo_Grande,Cuiaba,Eirunepe,Fortaleza,Maceio,Manaus,Noronha,Porto_Acre,Porto_Velho,Recife,Rio_Branco,Santarem,Sao_Paulo ' +
      'BS:Nassau BZ:Belize ' +
      'CA:Atikokan,Blanc-Sablon,Cambridge_Bay,Coral_Harbour,Creston,Dawson,Dawson_Creek,Edmonton,Fort_Nelson,Glace_Bay,Goose_Bay,Halifax,Inuvik,Iqaluit,Moncton,Montreal,Nipigon,Pangnirtung,Rainy_River,Rankin_Inlet,Regina,Resolute,St_Johns,Swift_Current,Thunder_Bay,Toronto,Vancouver,Whitehorse,Winnipeg,Yellowknife ' +
      'CL:Coyhaique,Punta_Arenas,Santiago CO:Bogota CR:Costa_Rica CU:Havana CW:Curacao DM:Dominica ' +
      'DO:Santo_Domingo EC:Guayaquil GD:Grenada GF:Cayenne GL:Danmarkshavn,Godthab,Nuuk,Scoresbysund,Thule ' +
      'GP:Guadeloupe GY:Guyana HN:Tegucigalpa JM:Jamaica KN:St_Kitts KY:Cayman LC:St_Lucia MF:Marigot ' +
      'MQ:Martinique MS:Montserrat ' +
      'MX:Bahia_Banderas,Cancun,Chihuahua,Ciudad_Juarez,Ensenada,Hermosillo,Matamoros,Mazatlan,Merida,Mexico_City,Monterrey,Ojinaga,Santa_Isabel,Tijuana ' +
      'PA:Panama PE:Lima PM:Miquelon PR:Puerto_Rico PY:Asuncion SR:Paramaribo SV:El_Salvador ' +
      'SX:Lower_Princes TC:Grand_Turk TT:Port_of_Spain ' +
      'US:Adak,Anchorage,Atka,Boise,Chicago,Denver,Detroit,Fort_Wayne,Indianapolis,Juneau,Knox_IN,Los_Angeles,Louisville,Menominee,Metlakatla,New_York,Nome,Phoenix,Shiprock,Sitka,Yakutat ' +
      'UY:Montevideo VC:St_Vincent VE:Caracas VG:Tortola VI:St_Thomas,Virgin',
  ],
  [
    'America/Argentina',
    'AR:Buenos_Aires,Catamarca,ComodRivadavia,Cordoba,Jujuy,La_Rioja,Mendoza,Rio_Gallegos,Salta,San_Juan,San_Luis,Tucuman,Ushuaia',
  ],
  ['America/Indiana', 'US:Indianapolis,Knox,Marengo,Petersburg,Tell_City,Vevay,Vincennes,Winamac'],
  ['America/Kentucky', 'US:Louisville,Monticello'],
  ['America/North_Dakota', 'US:Beulah,Center,New_Salem'],
  ['Antarctica', 'AU:Macquarie NZ:South_Pole'],
  ['Arctic', 'SJ:Longyearbyen'],
  [
    'Asia',
    'AE:Dubai AF:Kabul AM:Yerevan AZ:Baku BD:Dacca,Dhaka BH:Bahrain BN:Brunei BT:Thimbu,Thimphu ' +
      'CN:Chongqing,Chungking,Harbin,Kashgar,Shanghai,Urumqi CY:Famagusta,Nicosia GE:Tbilisi HK:Hong_Kong ' +
      'ID:Jakarta,Jayapura,Makassar,Pontianak,Ujung_Pandang IL:Jerusalem,Tel_Aviv IN:Calcutta,Kolkata ' +
      'IR:Tehran JO:Amman JP:Tokyo KG:Bishkek KH:Phnom_Penh KR:Seoul KW:Kuwait ' +
      'KZ:Almaty,Aqtau,Aqtobe,Atyrau,Oral,Qostanay,Qyzylorda LA:Vientiane LB:Beirut LK:Colombo ' +
      'MM:Rangoon,Yangon MN:Choibalsan,Hovd,Ulaanbaatar,Ulan_Bator MO:Macao,Macau MY:Kuala_Lumpur,Kuching ' +
      'NP:Kathmandu,Katmandu OM:Muscat PH:Manila PK:Karachi PS:Gaza,Hebron QA:Qatar ' +
      'RU:Anadyr,Barnaul,Chita,Irkutsk,Kamchatka,Khandyga,Krasnoyarsk,Magadan,Novokuznetsk,Novosibirsk,Omsk,Sakhalin,Srednekolymsk,Tomsk,Ust-Nera,Vladivostok,Yakutsk,Yekaterinburg ' +
      'SA:Riyadh SG:Singapore SY:Damascus TH:Bangkok TJ:Dushanbe TL:Dili TR:Istanbul TW:Taipei ' +
      'UZ:Samarkand,Tashkent VN:Ho_Chi_Minh,Saigon',
  ],
  [
    'Atlantic',
    'BM:Bermuda CV:Cape_Verde ES:Canary FK:Stanley FO:Faeroe,Faroe IS:Reykjavik PT:Azores,Madeira ' +
      'SH:St_Helena SJ:Jan_Mayen',
  ],
  [
    'Australia',
    'AU:ACT,Adelaide,Brisbane,Broken_Hill,Canberra,Currie,Darwin,Eucla,Hobart,LHI,Lindeman,Lord_Howe,Melbourne,NSW,North,Perth,Queensland,South,Sydney,Tasmania,Victoria,West,Yancowinna',
  ],
  ['Brazil', 'BR:Acre,DeNoronha,East,West'],
  ['Canada', 'CA:Atlantic,Central,Eastern,Mountain,Newfoundland,Pacific,Saskatchewan,Yukon'],
  ['Chile', 'CL:Continental,EasterIsland'],
  [
    'Europe',
    'AD:Andorra AL:Tirane AT:Vienna AX:Mariehamn BA:Sarajevo BE:Brussels BG:Sofia BY:Minsk CH:Zurich ' +
      'CY:Nicosia CZ:Prague DE:Berlin,Busingen DK:Copenhagen EE:Tallinn ES:Madrid FI:Helsinki FR:Paris ' +
      'GB:Belfast,London GG:Guernsey GI:Gibraltar GR:Athens HR:Zagreb HU:Budapest IE:Dublin IM:Isle_of_Man ' +
      'IT:Rome JE:Jersey LI:Vaduz LT:Vilnius LU:Luxembourg LV:Riga MC:Monaco MD:Chisinau,Tiraspol ' +
      'ME:Podgorica MK:Skopje MT:Malta NL:Amsterdam NO:Oslo PL:Warsaw PT:Lisbon RO:Bucharest RS:Belgrade ' +
      'RU:Astrakhan,Kaliningrad,Kirov,Moscow,Samara,Saratov,Ulyanovsk,Volgograd SE:Stockholm SI:Ljubljana ' +
      'SK:Bratislava SM:San_Marino TR:Istanbul UA:Kiev,Kyiv,Simferopol,Uzhgorod,Zaporozhye VA:Vatican',
  ],
  ['Indian', 'CC:Cocos CX:Christmas MG:Antananarivo MU:Mauritius RE:Reunion SC:Mahe YT:Mayotte'],
  ['Mexico', 'MX:BajaNorte,BajaSur,General'],
  [
    'Pacific',
    'AS:Pago_Pago,Samoa CL:Easter EC:Galapagos FJ:Fiji FM:Chuuk,Kosrae,Pohnpei,Ponape,Truk,Yap GU:Guam ' +
      'MH:Kwajalein,Majuro MP:Saipan NC:Noumea NF:Norfolk NZ:Auckland,Chatham PF:Gambier,Marquesas,Tahiti ' +
      'PG:Bougainville,Port_Moresby PW:Palau US:Honolulu,Johnston WF:Wallis',
  ],
  [
    'US',
    'AS:Samoa ' +
      'US:Alaska,Aleutian,Arizona,Central,East-Indiana,Eastern,Hawaii,Indiana-Starke,Michigan,Mountain,Pacific',
  ],
];

const byZone = new Map(
  folders.flatMap(([folder, zones]) =>
    zones.split(' ').flatMap((part) => {
      const [country = '', cities = ''] = part.split(':');
      return cities.split(',').map((city) => [folder === '' ? city : `${folder}/${city}`, country] as const);
    }),
  ),
);

/** The country (ISO 3166-1, two letters) where this time zone is (IANA name); null where none is known. */
export const countryOf = (timeZone: string): string | null => byZone.get(timeZone) ?? null;
