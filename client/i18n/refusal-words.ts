/** Why what somebody said of an incident was not taken. */
export const refusalWords = {
  en: {
    'refusal.closed': 'This is closed by now.',
    'refusal.open': 'This is open again already.',
    'refusal.order': 'That does not follow from what you said last. Look again how it stands.',
    'refusal.reopenLate': 'This was closed more than 24 hours ago. If it happens again, raise a new alert.',
    'refusal.sosOver': 'An SOS that is over does not go on. Start a new one.',
    'refusal.sosRuns': 'Your SOS runs already.',
    'refusal.sosEnds': 'Only who is on the scene ends an SOS, or whoever raised it, with their code.',
    'refusal.sosOwn': 'That is for the others to say: this is your own SOS.',
    'refusal.walkFar': 'It must be within the next twelve hours.',
    'refusal.closes': 'Only who reported it, has it in hand, is on the scene or coordinates may close it.',
    'refusal.reopens': 'Only who reported it, is on the scene or coordinates may open it again.',
    'refusal.handsOver': 'Only who has it in hand, and coordinators, hand it over.',
    'refusal.memberGone': 'Whom you chose does not live here any more. Choose somebody else.',
    'refusal.needsHelp': 'Whom you chose needs help themselves. Choose somebody else.',
    'refusal.hasIt': 'Whom you chose has it in hand already.',
    'refusal.merges': 'Only who reported it or has it in hand, volunteers and coordinators may say so.',
    'refusal.mergeClosed': 'One of the two is closed by now.',
    'refusal.mergeSos': 'An SOS is never the same as another alert.',
    'refusal.mergeChain':
      'Others turned out to be the same as this one. Open the other one, and say there that it is the same as this.',
    'refusal.decided': 'You have decided already.',
    'refusal.appealOver': 'There is nothing to appeal any more.',
  },
  fr: {
    'refusal.closed': 'C’est clos désormais.',
    'refusal.open': 'C’est déjà rouvert.',
    'refusal.order': 'Cela ne suit pas ce que vous avez dit en dernier. Regardez où cela en est.',
    'refusal.reopenLate':
      'C’est clos depuis plus de 24 heures. Si cela recommence, lancez une nouvelle alerte.',
    'refusal.sosOver': 'Un SOS terminé ne reprend pas. Lancez-en un nouveau.',
    'refusal.sosRuns': 'Votre SOS est déjà en cours.',
    'refusal.sosEnds':
      'Seule une personne sur place met fin à un SOS, ou celle qui l’a lancé, avec son code.',
    'refusal.sosOwn': 'C’est aux autres de le dire : ce SOS est le vôtre.',
    'refusal.walkFar': 'Ce doit être dans les douze prochaines heures.',
    'refusal.closes':
      'Seules la personne qui l’a signalé, celle qui s’en occupe, celles qui sont sur place et la coordination peuvent le clore.',
    'refusal.reopens':
      'Seules la personne qui l’a signalé, celles qui sont sur place et la coordination peuvent le rouvrir.',
    'refusal.handsOver': 'Seules la personne responsable et la coordination passent la main.',
    'refusal.memberGone':
      'La personne choisie ne fait plus partie du quartier. Choisissez quelqu’un d’autre.',
    'refusal.needsHelp': 'La personne choisie a elle-même besoin d’aide. Choisissez quelqu’un d’autre.',
    'refusal.hasIt': 'La personne choisie s’en occupe déjà.',
    'refusal.merges':
      'Seules la personne qui l’a signalé, celle qui s’en occupe, les volontaires et la coordination peuvent le dire.',
    'refusal.mergeClosed': 'L’une des deux est close désormais.',
    'refusal.mergeSos': 'Un SOS n’est jamais la même chose qu’une autre alerte.',
    'refusal.mergeChain':
      'D’autres alertes se sont révélées être la même chose que celle-ci. Ouvrez l’autre, et dites là-bas que c’est la même chose que celle-ci.',
    'refusal.decided': 'Vous avez déjà décidé.',
    'refusal.appealOver': 'Il n’y a plus rien à contester.',
  },
} as const;
