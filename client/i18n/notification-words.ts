/** The words that the service worker needs: apart from the others, so that it stays small. */
export const notificationWords = {
  en: {
    'category.suspicious': 'Something suspicious',
    'category.break-in': 'Break-in',
    'category.theft': 'Theft',
    'category.fire': 'Fire',
    'category.medical': 'Medical',
    'category.missing': 'Somebody missing',
    'category.road-hazard': 'Road hazard',
    'category.noise': 'Noise',
    'category.damage': 'Damage',
    'category.other': 'Something else',
    'notification.unknown': 'There is news in your neighbourhood.',
  },
  fr: {
    'category.suspicious': 'Fait suspect',
    'category.break-in': 'Cambriolage',
    'category.theft': 'Vol',
    'category.fire': 'Incendie',
    'category.medical': 'Urgence médicale',
    'category.missing': 'Disparition',
    'category.road-hazard': 'Danger sur la voie',
    'category.noise': 'Bruit',
    'category.damage': 'Dégâts',
    'category.other': 'Autre chose',
    'notification.unknown': 'Il y a du nouveau dans votre quartier.',
  },
} as const;
