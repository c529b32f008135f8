/** How long things are kept; taking one's own along, and being erased. */
export const personalWords = {
  en: {
    'retention.title': 'What is kept, and how long',
    'retention.sentence': {
      one: '{count} day after it was reported an incident is forgotten: its words, photos, place and names go for good, from the server’s disk too. How many there were each week stays.',
      other:
        '{count} days after it was reported an incident is forgotten: its words, photos, place and names go for good, from the server’s disk too. How many there were each week stays.',
    },
    'retention.after': 'Forget incidents after',
    'retention.days': { one: '{count} day', other: '{count} days' },
    'retention.change': 'Change',
    'retention.changed': 'Changed.',
    'retention.ask': { one: 'Forget after {count} day?', other: 'Forget after {count} days?' },
    'retention.shorter': 'What is older goes at once and cannot be brought back.',

    'mine.title': 'My data',
    'mine.hint':
      'One file with everything that is yours in all your neighbourhoods: what you raised, also anonymously, what you answered and wrote, your devices.',
    'mine.download': 'Download my data',
    'mine.erase': 'Erase me',

    'erase.title': 'Erase me everywhere?',
    'erase.goes':
      'Your name, the alerts you raised with their photos, what you wrote, your devices and notifications go, in every neighbourhood, from the server’s disk too.',
    'erase.stays': 'That somebody answered or confirmed stays, without a name.',
    'erase.alone': 'A neighbourhood where nobody else lives ends.',
    'erase.final': 'Nobody can bring any of it back. You may want to download your data first.',
    'erase.type': 'Type “{word}” to confirm',
    'erase.word': 'erase',
    'erase.do': 'Erase me for good',
    'erase.lastCoordinator':
      'You are the only coordinator of neighbours who stay. Make somebody else coordinator first.',
    'erase.openAlerts': 'You have open alerts. Close them first, so that your neighbours are told.',
  },
  fr: {
    'retention.title': 'Ce qui est conservé, et combien de temps',
    'retention.sentence': {
      one: '{count} jour après son signalement, un incident est oublié\u00a0: texte, photos, lieu et noms disparaissent pour de bon, du disque du serveur aussi. Leur nombre par semaine reste.',
      many: '{count} jours après son signalement, un incident est oublié\u00a0: texte, photos, lieu et noms disparaissent pour de bon, du disque du serveur aussi. Leur nombre par semaine reste.',
      other:
        '{count} jours après son signalement, un incident est oublié\u00a0: texte, photos, lieu et noms disparaissent pour de bon, du disque du serveur aussi. Leur nombre par semaine reste.',
    },
    'retention.after': 'Oublier les incidents après',
    'retention.days': { one: '{count} jour', many: '{count} jours', other: '{count} jours' },
    'retention.change': 'Modifier',
    'retention.changed': 'Modifié.',
    'retention.ask': {
      one: 'Oublier après {count} jour\u00a0?',
      many: 'Oublier après {count} jours\u00a0?',
      other: 'Oublier après {count} jours\u00a0?',
    },
    'retention.shorter': 'Ce qui est plus ancien disparaît aussitôt, sans retour possible.',

    'mine.title': 'Mes données',
    'mine.hint':
      'Un fichier avec tout ce qui est à vous dans tous vos quartiers\u00a0: vos alertes, même anonymes, vos réponses et vos textes, vos appareils.',
    'mine.download': 'Télécharger mes données',
    'mine.erase': 'M’effacer',

    'erase.title': 'Vous effacer partout\u00a0?',
    'erase.goes':
      'Votre nom, vos alertes avec leurs photos, vos textes, vos appareils et vos notifications disparaissent, dans chaque quartier, du disque du serveur aussi.',
    'erase.stays': 'Qu’une personne ait répondu ou confirmé reste, sans nom.',
    'erase.alone': 'Un quartier où vous êtes seul prend fin.',
    'erase.final':
      'Personne ne peut revenir en arrière. Téléchargez d’abord vos données si vous voulez les garder.',
    'erase.type': 'Écrivez «\u00a0{word}\u00a0» pour confirmer',
    'erase.word': 'effacer',
    'erase.do': 'M’effacer définitivement',
    'erase.lastCoordinator':
      'Vous êtes le seul coordinateur de voisins qui restent. Nommez d’abord quelqu’un d’autre.',
    'erase.openAlerts':
      'Vous avez des alertes en cours. Clôturez-les d’abord, pour que vos voisins soient prévenus.',
  },
} as const;
