/** Raising an alert well: whom to call, what is asked, when, and why some words wait. */
export const raisingWords = {
  en: {
    'emergency.general': 'All services',
    'emergency.police': 'Police',
    'emergency.fire': 'Fire service',
    'emergency.ambulance': 'Ambulance',
    'emergency.number': '{service}: {number}',

    'call.title': 'Call first',
    'call.police': '{category}: the police come first. Neighbours cannot replace them.',
    'call.fire': '{category}: the fire service comes first. Neighbours cannot replace it.',
    'call.ambulance': '{category}: the ambulance comes first. Neighbours cannot replace it.',
    'call.then': 'Then tell your neighbours: what you entered stays here.',
    'call.done': 'I have called',
    'call.cannot': 'I cannot call, or it is not needed',

    'when.label': 'When?',
    'when.now': 'Now',
    'when.minutes': '10 min ago',
    'when.hour': '1 h ago',
    'when.other': 'Another time',
    'when.exact': 'Day and time',

    'person.first': 'Once you have said what was done, you can say what somebody looked like.',
    'person.title': 'What did somebody look like?',
    'person.hint':
      'Several things that help to recognise somebody: clothes, height, what they carried. Origin, skin and religion fit many and help nobody.',

    'held.title': 'Please say what was done',
    'held.why':
      'These words describe somebody by where they seem to come from, by skin or by religion. That is nothing suspicious, and neighbours have been hurt by such alerts.',
    'held.instead':
      'What did you see somebody do? Clothes, height, a bag or a direction help to recognise them. Nothing you wrote is lost.',
    'held.sayWhat': 'Say what was done',

    'issue.required': 'Please answer this.',
    'issue.personAlone': 'Say what was done first.',
    'issue.personThin': 'Add one more thing: one alone fits many people.',
    'issue.origin': 'Please say what was done, and not only who somebody seems to be.',
    'issue.old': 'This is more than a week ago, and alerts are for what happens now.',
    'issue.wait':
      'Your last two alerts turned out to be false alarms, so the next one can leave in {minutes} minutes. In danger, call {number}.',

    'statistics.title': 'How alerts ended',
    'statistics.lead': 'The last 90 days, by kind of alert and never by person.',
    'statistics.none': 'Nothing was reported in the last 90 days.',
    'statistics.suspicious': {
      one: 'Of {count} closed alert about something suspicious, {unfounded} were unfounded.',
      other: 'Of {count} closed alerts about something suspicious, {unfounded} were unfounded.',
    },
    'statistics.row':
      'reported {reported} · closed {closed} · unfounded {unfounded} · false alarms {falseAlarm}',
    'statistics.some': 'There are more alerts than are counted here.',
  },
  fr: {
    'emergency.general': 'Tous les secours',
    'emergency.police': 'Police',
    'emergency.fire': 'Pompiers',
    'emergency.ambulance': 'Ambulance',
    'emergency.number': '{service} : {number}',

    'call.title': 'Appelez d’abord',
    'call.police': '{category} : la police d’abord. Les voisins ne la remplacent pas.',
    'call.fire': '{category} : les pompiers d’abord. Les voisins ne les remplacent pas.',
    'call.ambulance': '{category} : l’ambulance d’abord. Les voisins ne la remplacent pas.',
    'call.then': 'Prévenez ensuite vos voisins : ce que vous avez saisi reste ici.',
    'call.done': 'J’ai appelé',
    'call.cannot': 'Je ne peux pas appeler, ou c’est inutile',

    'when.label': 'Quand ?',
    'when.now': 'Maintenant',
    'when.minutes': 'Il y a 10 min',
    'when.hour': 'Il y a 1 h',
    'when.other': 'Autre moment',
    'when.exact': 'Jour et heure',

    'person.first': 'Une fois dit ce qui a été fait, vous pourrez dire à quoi la personne ressemblait.',
    'person.title': 'À quoi ressemblait la personne ?',
    'person.hint':
      'Plusieurs détails qui aident à reconnaître quelqu’un : vêtements, taille, ce qui était porté. L’origine, la peau ou la religion conviennent à beaucoup et n’aident personne.',

    'held.title': 'Dites ce qui a été fait',
    'held.why':
      'Ces mots décrivent quelqu’un par son origine supposée, sa peau ou sa religion. Cela n’a rien de suspect, et de telles alertes ont fait du mal à des voisins.',
    'held.instead':
      'Qu’avez-vous vu faire ? Les vêtements, la taille, un sac ou une direction aident à reconnaître. Rien de ce que vous avez écrit n’est perdu.',
    'held.sayWhat': 'Dire ce qui a été fait',

    'issue.required': 'Répondez ici, s’il vous plaît.',
    'issue.personAlone': 'Dites d’abord ce qui a été fait.',
    'issue.personThin': 'Ajoutez un autre détail : un seul convient à beaucoup de monde.',
    'issue.origin': 'Dites ce qui a été fait, et pas seulement qui la personne semble être.',
    'issue.old': 'Cela date de plus d’une semaine ; une alerte sert à ce qui se passe maintenant.',
    'issue.wait':
      'Vos deux dernières alertes étaient de fausses alertes : la suivante pourra partir dans {minutes} minutes. En cas de danger, appelez le {number}.',

    'statistics.title': 'Comment les alertes ont fini',
    'statistics.lead': 'Les 90 derniers jours, par type d’alerte et jamais par personne.',
    'statistics.none': 'Rien n’a été signalé ces 90 derniers jours.',
    'statistics.suspicious': {
      one: 'Sur {count} alerte terminée pour un fait suspect, {unfounded} sans fondement.',
      other: 'Sur {count} alertes terminées pour un fait suspect, {unfounded} sans fondement.',
    },
    'statistics.row':
      'signalées {reported} · terminées {closed} · sans fondement {unfounded} · fausses alertes {falseAlarm}',
    'statistics.some': 'Il y a plus d’alertes que celles comptées ici.',
  },
} as const;
