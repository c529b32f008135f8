/** How an incident ends, whether it is still so, and how far word of it got. */
export const outcomeWords = {
  en: {
    'ending.allClear': 'All clear',
    'ending.close': 'Close this incident',
    'ending.title': 'How did it end?',
    'ending.hint': 'Every device that the alert reached is told how it ended. Your reason is read here only.',
    'ending.resolved': 'It is over',
    'ending.false-alarm': 'False alarm',
    'ending.unfounded': 'Nothing to it',
    'ending.resolvedHint': 'It happened, and it is over.',
    'ending.false-alarmHint': 'It looked like something and was something else.',
    'ending.unfoundedHint': 'Nothing happened that neighbours should look out for.',
    'ending.reason': 'What became of it?',
    'ending.do': 'Close and tell',
    'ending.tooNew':
      'You joined less than two days ago. Until {when} you end only what you reported yourself: say what you see, and a neighbour who has been here longer can close it.',

    'issue.tooNew': 'Whoever joined less than two days ago ends only what they reported.',

    'ended.by': '{name}, {age}',
    'ended.byMe': 'You, {age}',
    'ended.byReporter': 'Whoever reported it, {age}',
    'ended.byTime': 'By itself, {age}',
    'ended.expired': 'Nobody said any more that it was still so.',
    'ended.duplicate': 'It is the same as another incident.',

    'reopen.do': 'Open again',
    'reopen.title': 'Open this again?',
    'reopen.hint': 'Every device that was told is told that it goes on.',
    'reopen.reason': 'Why is it not over?',
    'reopen.note': 'Opened again {age}: {reason}',

    'fresh.ask': 'Still so?',
    'fresh.hint': 'Nobody has said so for a while. Without an answer this closes by itself {when}.',
    'fresh.yes': 'Yes, still so',
    'fresh.over': 'It is over',
    'fresh.list': 'Still so? Please answer:',

    'reach.alert': 'Alert',
    'reach.correction': 'Correction',
    'reach.told': { one: 'told {count} device', other: 'told {count} devices' },
    'reach.got': { one: '{count} got it', other: '{count} got it' },
    'reach.saw': { one: '{count} saw it', other: '{count} saw it' },
    'reach.seen': 'That it was seen does not mean that anybody comes.',
  },
  fr: {
    'ending.allClear': 'Fin d’alerte',
    'ending.close': 'Clore cet incident',
    'ending.title': 'Comment cela s’est-il terminé ?',
    'ending.hint':
      'Chaque appareil que l’alerte a atteint apprend comment cela s’est terminé. Votre explication ne se lit qu’ici.',
    'ending.resolved': 'C’est terminé',
    'ending.false-alarm': 'Fausse alerte',
    'ending.unfounded': 'Rien à signaler',
    'ending.resolvedHint': 'C’est arrivé, et c’est terminé.',
    'ending.false-alarmHint': 'Cela ressemblait à quelque chose, c’était autre chose.',
    'ending.unfoundedHint': 'Il ne s’est rien passé qui demande l’attention des voisins.',
    'ending.reason': 'Qu’en est-il ?',
    'ending.do': 'Clore et prévenir',
    'ending.tooNew':
      'Vous êtes là depuis moins de deux jours. Jusqu’à {when}, vous ne pouvez clore que vos propres alertes : dites ce que vous voyez, et un voisin plus ancien pourra clore celle-ci.',
    'issue.tooNew': 'Qui est là depuis moins de deux jours ne peut clore que ses propres alertes.',

    'ended.by': '{name}, {age}',
    'ended.byMe': 'Vous, {age}',
    'ended.byReporter': 'La personne qui l’a signalé, {age}',
    'ended.byTime': 'De lui-même, {age}',
    'ended.expired': 'Plus personne n’a dit que c’était toujours le cas.',
    'ended.duplicate': 'C’est le même qu’un autre incident.',

    'reopen.do': 'Rouvrir',
    'reopen.title': 'Rouvrir cet incident ?',
    'reopen.hint': 'Chaque appareil prévenu apprend que cela continue.',
    'reopen.reason': 'Pourquoi n’est-ce pas terminé ?',
    'reopen.note': 'Rouvert {age} : {reason}',

    'fresh.ask': 'Toujours le cas ?',
    'fresh.hint':
      'Personne ne l’a dit depuis un moment. Sans réponse, l’incident se clôt de lui-même {when}.',
    'fresh.yes': 'Oui, toujours',
    'fresh.over': 'C’est terminé',
    'fresh.list': 'Toujours le cas ? Répondez :',

    'reach.alert': 'Alerte',
    'reach.correction': 'Rectification',
    'reach.told': {
      one: '{count} appareil prévenu',
      many: '{count} appareils prévenus',
      other: '{count} appareils prévenus',
    },
    'reach.got': { one: '{count} l’a reçue', many: '{count} l’ont reçue', other: '{count} l’ont reçue' },
    'reach.seen': 'Qu’elle ait été vue ne veut pas dire que quelqu’un viendra.',
    'reach.saw': { one: '{count} l’a vue', many: '{count} l’ont vue', other: '{count} l’ont vue' },
  },
} as const;
