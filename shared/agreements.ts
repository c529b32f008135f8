import * as v from 'valibot';

/** What neighbours agreed on when they write of one another, and name when they flag something. */
export const AgreementId = v.picklist(['profiling', 'accusation', 'private', 'insult', 'false', 'elsewhere']);
export type AgreementId = v.InferOutput<typeof AgreementId>;

/** The agreements in both languages: the same words in the dialog, before the jury and in the log of decisions. */
export const agreements: Readonly<Record<AgreementId, Readonly<Record<'en' | 'fr', string>>>> = {
  profiling: {
    en: 'Describes people by origin or looks instead of what they did',
    fr: 'Décrit des gens par leur origine ou leur apparence, pas par ce qu’ils ont fait',
  },
  accusation: {
    en: 'Accuses somebody without saying what they did',
    fr: 'Accuse quelqu’un sans dire ce qui a été fait',
  },
  private: {
    en: 'Shows somebody’s private data',
    fr: 'Montre des données privées de quelqu’un',
  },
  insult: {
    en: 'Insults or threatens somebody',
    fr: 'Insulte ou menace quelqu’un',
  },
  false: {
    en: 'False on purpose',
    fr: 'Faux, et volontairement',
  },
  elsewhere: {
    en: 'Not a matter of this neighbourhood',
    fr: 'Ne concerne pas ce quartier',
  },
};
