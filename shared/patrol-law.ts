import { countryOf } from './countries.ts';

/**
 * How a country sees patrols of neighbours: `outside`: the official scheme leaves them out; `registered`: only as an
 * association that an authority has listed; `tolerated`: nobody forbids them, and they may do no more than anybody;
 * `with-police`: usual where the police know of them.
 */
export type PatrolStanding = 'outside' | 'registered' | 'tolerated' | 'with-police';

export type PatrolLaw = {
  readonly standing: PatrolStanding;
  readonly words: Readonly<Record<'en' | 'fr', string>>;
  /** Where this was read, as a name to look up. */
  readonly source: string;
};

// Read in 2026 in the sources named; no lawyer has looked at it. It warns, and allows nothing. What is not here is not
// known. A mistake found here is mended here.
const laws: Readonly<Partial<Record<string, PatrolLaw>>> = {
  FR: {
    standing: 'outside',
    words: {
      en: 'The official scheme “participation citoyenne” is about watching and telling the police: it leaves patrols and any intervention to them. Ask the town hall and the gendarmerie or police before anybody goes on a round.',
      fr: 'Le dispositif officiel « participation citoyenne » consiste à observer et à informer les forces de l’ordre : il exclut les patrouilles et toute intervention. Voyez la mairie et la gendarmerie ou la police avant toute ronde.',
    },
    source:
      'Ministère de l’Intérieur, circulaire du 30 avril 2019 sur la participation citoyenne; Maire-info, 7 mai 2019',
  },
  IT: {
    standing: 'registered',
    words: {
      en: 'Only “osservatori volontari” of an association on the prefect’s list, at the mayor’s request: on foot, three people at most, one of them at least 25, in the yellow vest, with an identity document, without weapons, animals or vehicles; they observe and report.',
      fr: 'Seuls les « osservatori volontari » d’une association inscrite à la préfecture, à la demande du maire : à pied, trois au plus, l’un d’au moins 25 ans, avec le gilet jaune et une pièce d’identité, sans armes, ni animaux, ni véhicule ; ils observent et signalent.',
    },
    source: 'Legge 15 luglio 2009, n. 94, art. 3, commi 40–44; D.M. Interno 8 agosto 2009, art. 2',
  },
  DE: {
    standing: 'tolerated',
    words: {
      en: 'Neighbours may walk together, unarmed. Force is the state’s alone: nobody may be searched or asked for papers, and founding or joining an armed group is a crime (§ 127 StGB). Some states have a “Sicherheitswacht” that the police choose and train.',
      fr: 'Les voisins peuvent marcher ensemble, sans armes. La force appartient à l’État seul : personne ne peut être fouillé ni contrôlé, et former ou rejoindre un groupe armé est un délit (§ 127 StGB). Certains Länder ont une « Sicherheitswacht » choisie et formée par la police.',
    },
    source: '§ 127 StGB; Deutsche Anwaltauskunft, „Bürgerwehren: Welche Rechte und Befugnisse haben sie?“',
  },
  AT: {
    standing: 'tolerated',
    words: {
      en: 'Not forbidden in principle, as extended help among neighbours; its members have no special powers and may do nothing that is for the police.',
      fr: 'Pas interdit en principe, comme entraide entre voisins ; les membres n’ont aucun pouvoir particulier et ne font rien de ce qui revient à la police.',
    },
    source: 'Landespolizeidirektion Steiermark, Kleine Zeitung',
  },
  NL: {
    standing: 'with-police',
    words: {
      en: 'Usual: about 700 “buurtpreventie” teams walk as the eyes and ears of the police. Agree with the municipality and the neighbourhood officer; nobody takes the law into their own hands.',
      fr: 'Courant : quelque 700 équipes « buurtpreventie » sont les yeux et les oreilles de la police. Voyez la commune et l’agent de quartier ; personne ne fait justice soi-même.',
    },
    source: 'Nationale Politie en V. Lub (Erasmus Universiteit), Trouw, 29 september 2016',
  },
  GB: {
    standing: 'with-police',
    words: {
      en: 'Usual as “Street Watch”, agreed with the local police: in pairs, in high-visibility vests, with a telephone, without police powers, engaging and never confronting.',
      fr: 'Courant sous le nom de « Street Watch », en accord avec la police locale : à deux, en gilet visible, avec un téléphone, sans pouvoirs de police, sans confrontation.',
    },
    source: 'Street Watch briefing (Hampshire Constabulary and others)',
  },
  US: {
    standing: 'with-police',
    words: {
      en: 'Usual as “citizen patrol”, agreed with and trained by local law enforcement: two or more people, no weapons, no police powers, never confronting or pursuing anybody. State and local rules differ.',
      fr: 'Courant sous le nom de « citizen patrol », en accord avec la police locale, qui forme : à deux ou plus, sans armes, sans pouvoirs de police, sans confrontation ni poursuite. Les règles varient selon l’État et la ville.',
    },
    source: 'National Sheriffs’ Association, Neighborhood Watch Manual, “Citizen Patrols”',
  },
  CA: {
    standing: 'with-police',
    words: {
      en: 'Usual as “Citizens on Patrol”, started with the local RCMP detachment or police, which brief and support the group. Volunteers observe and report.',
      fr: 'Courant sous le nom de « Citizens on Patrol », avec le détachement de la GRC ou la police locale, qui informe et soutient le groupe. Les bénévoles observent et signalent.',
    },
    source:
      'RCMP Trinity Conception, Citizens on Patrol; BC Citizens Patrol Network, Volunteer Manual (2004)',
  },
  NZ: {
    standing: 'with-police',
    words: {
      en: 'Usual: groups affiliated to Community Patrols of New Zealand have a police liaison officer, vetting and training; at least two people, who observe, record and report.',
      fr: 'Courant : les groupes affiliés à Community Patrols of New Zealand ont un agent de liaison, une vérification et une formation ; au moins deux personnes, qui observent, notent et signalent.',
    },
    source: 'Community Patrols of New Zealand (Mt Roskill, North Harbour)',
  },
};

/** What is known of patrols in the country of a time zone; null where nothing is. */
export function patrolLaw(timeZone: string): PatrolLaw | null {
  return laws[countryOf(timeZone) ?? ''] ?? null;
}

/** The countries of which something is known, as ISO codes. */
export const patrolCountries: readonly string[] = Object.keys(laws);
