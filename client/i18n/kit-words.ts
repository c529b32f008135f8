/** What members bring and can do, and calendars to subscribe to. */
export const kitWords = {
  en: {
    'kit.title': 'What I bring and can do',
    'kit.lead': 'For patrols. Your neighbours see it beside your name, and only if you say so.',
    'kit.equipment': 'I can bring',
    'kit.skills': 'I can do',
    'kit.of': 'Brings or can do: {list}',

    'calendar.title': 'Patrols in my calendar',
    'calendar.lead':
      'Your calendar program reads them by a link that only you have. No names are in it, but whoever has the link can read it.',
    'calendar.mine': 'My patrols',
    'calendar.neighbourhood': 'All patrols of the neighbourhood',
    'calendar.make': 'Make a link',
    'calendar.renew': 'New link',
    'calendar.renewAsk': 'The link that you have now stops working everywhere.',
    'calendar.end': 'End the link',
    'calendar.since': 'There is a link since {date}. It is shown only once: make a new one if you lost it.',
    'calendar.open': 'Open in my calendar',
    'calendar.copy': 'Copy the link',
    'calendar.copied': 'Copied',
  },
  fr: {
    'kit.title': 'Ce que j’apporte et sais faire',
    'kit.lead':
      'Pour les rondes. Vos voisins le voient à côté de votre nom, et seulement si vous le dites ici.',
    'kit.equipment': 'Je peux apporter',
    'kit.skills': 'Je sais',
    'kit.of': 'Apporte ou sait faire : {list}',

    'calendar.title': 'Les rondes dans mon agenda',
    'calendar.lead':
      'Votre agenda les lit par un lien que vous seul avez. Aucun nom n’y figure, mais qui a le lien peut le lire.',
    'calendar.mine': 'Mes rondes',
    'calendar.neighbourhood': 'Toutes les rondes du quartier',
    'calendar.make': 'Créer un lien',
    'calendar.renew': 'Nouveau lien',
    'calendar.renewAsk': 'Le lien que vous avez maintenant ne marchera plus nulle part.',
    'calendar.end': 'Supprimer le lien',
    'calendar.since':
      'Un lien existe depuis le {date}. Il n’est montré qu’une fois : créez-en un autre si vous l’avez perdu.',
    'calendar.open': 'Ouvrir dans mon agenda',
    'calendar.copy': 'Copier le lien',
    'calendar.copied': 'Copié',
  },
} as const;
