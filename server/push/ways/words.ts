/** What mails and topics say beside the words that they share with notifications. */
export const wayWords = {
  en: {
    minor: 'minor',
    moderate: 'moderate',
    severe: 'severe',
    extreme: 'extreme: lives are in danger',
    open: 'Read more and answer',
    emergency: 'Is somebody in danger? Call the emergency number first. Nobody reads answers to this mail.',
    why: 'You get this because this address was added in Vigie. To get no more of these mails:',
    codeTitle: (code: string) => `${code} is your code for Vigie`,
    code: (code: string) =>
      `Somebody wants to be told here of what happens in their neighbourhood. If that is you, enter ${code} in Vigie within half an hour. If not, do nothing: nothing more will come.`,
    testTitle: 'A test from Vigie',
    test: 'You asked for it. Alerts come the same way',
    openButton: 'Open',
  },
  fr: {
    minor: 'mineur',
    moderate: 'modéré',
    severe: 'grave',
    extreme: 'extrême : des vies sont en danger',
    open: 'En savoir plus et répondre',
    emergency:
      'Quelqu’un est en danger ? Appelez d’abord le numéro d’urgence. Personne ne lit les réponses à ce message.',
    why: 'Vous recevez ce message parce que cette adresse a été ajoutée dans Vigie. Pour ne plus en recevoir :',
    codeTitle: (code: string) => `${code} est votre code pour Vigie`,
    code: (code: string) =>
      `Quelqu’un souhaite être prévenu ici de ce qui se passe dans son quartier. Si c’est vous, entrez ${code} dans Vigie dans la demi-heure. Sinon, ne faites rien : plus rien ne viendra.`,
    testTitle: 'Un essai de Vigie',
    test: 'Vous l’avez demandé. Les alertes arrivent de la même façon',
    openButton: 'Ouvrir',
  },
} as const;
