/** What neighbours say of an incident's truth, and who was told of it first. */
export const confirmationWords = {
  en: {
    'answers.title': 'What do you know of it?',
    'answers.confirm': 'Seen it',
    'answers.going': 'I am going',
    'answers.dispute': 'Not so',
    'answers.own': 'You raised this yourself: a witness is somebody else.',

    'credible.disputedShort': 'Disputed',
    'credible.confirmed': {
      one: '{count} neighbour has seen it too.',
      other: '{count} neighbours have seen it too.',
    },
    'credible.disputed': {
      one: 'Disputed: {count} neighbour says it is not so.',
      other: 'Disputed: {count} neighbours say it is not so.',
    },
    'credible.unsure': 'Not certain.',
    'credible.seen': { one: '{count} neighbour has seen it.', other: '{count} neighbours have seen it.' },
    'credible.notSo': {
      one: '{count} neighbour says it is not so.',
      other: '{count} neighbours say it is not so.',
    },

    'toldFirst.mine':
      'Told to volunteers first, because you are new here; everyone is told as soon as a neighbour confirms it.',
    'toldFirst.others': 'Told to volunteers first; everyone is told as soon as a neighbour confirms it.',
    'toldFirst.soon': {
      one: 'If nobody disputes it, everyone is told in about {count} min.',
      other: 'If nobody disputes it, everyone is told in about {count} min.',
    },
  },
  fr: {
    'answers.title': 'Que savez-vous ?',
    'answers.confirm': 'Je l’ai vu',
    'answers.going': 'J’y vais',
    'answers.dispute': 'Ce n’est pas ça',
    'answers.own': 'C’est vous qui l’avez signalé : un témoin est quelqu’un d’autre.',

    'credible.disputedShort': 'Contesté',
    'credible.confirmed': {
      one: '{count} voisin l’a vu aussi.',
      many: '{count} voisins l’ont vu aussi.',
      other: '{count} voisins l’ont vu aussi.',
    },
    'credible.disputed': {
      one: 'Contesté : {count} voisin dit que ce n’est pas le cas.',
      many: 'Contesté : {count} voisins disent que ce n’est pas le cas.',
      other: 'Contesté : {count} voisins disent que ce n’est pas le cas.',
    },
    'credible.unsure': 'Pas certain.',
    'credible.seen': {
      one: '{count} voisin l’a vu.',
      many: '{count} voisins l’ont vu.',
      other: '{count} voisins l’ont vu.',
    },
    'credible.notSo': {
      one: '{count} voisin dit que ce n’est pas le cas.',
      many: '{count} voisins disent que ce n’est pas le cas.',
      other: '{count} voisins disent que ce n’est pas le cas.',
    },

    'toldFirst.mine':
      'Les volontaires sont prévenus d’abord, car vous venez d’arriver ; tout le monde l’est dès qu’un voisin confirme.',
    'toldFirst.others':
      'Les volontaires sont prévenus d’abord ; tout le monde l’est dès qu’un voisin confirme.',
    'toldFirst.soon': {
      one: 'Si personne ne conteste, tout le monde est prévenu dans environ {count} min.',
      many: 'Si personne ne conteste, tout le monde est prévenu dans environ {count} min.',
      other: 'Si personne ne conteste, tout le monde est prévenu dans environ {count} min.',
    },
  },
} as const;
