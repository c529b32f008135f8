import type { Category } from './incidents.ts';
import type { Locale } from './text.ts';

export type Words = Readonly<Record<Locale, string>>;
export type Choice = { readonly id: string; readonly words: Words };

/** One question of a category. What is stored is ids: `id`, and the ids of choices; only texts are words. */
export type Question = {
  readonly id: string;
  readonly words: Words;
  readonly hint?: Words;
  /** No alert of this category without an answer. Everything else may be left out: fear has no time. */
  readonly required?: true;
  /** Asked and taken only where that question has an answer, or has this one. */
  readonly after?: { readonly question: string; readonly choice?: string };
  /** What somebody looked like: never alone, never one thing only. */
  readonly person?: true;
} & (
  | { readonly kind: 'choice' | 'choices'; readonly choices: readonly Choice[] }
  | { readonly kind: 'text'; readonly most: number }
);

const words = (en: string, fr: string): Words => ({ en, fr });
const choice = (id: string, en: string, fr: string): Choice => ({ id, words: { en, fr } });
const unknown = choice('unknown', 'I do not know', 'Je ne sais pas');
const yes = choice('yes', 'Yes', 'Oui');
const no = choice('no', 'No', 'Non');
const otherThing = choice('other', 'Something else', 'Autre chose');

const direction: Question = {
  id: 'direction',
  kind: 'text',
  most: 120,
  words: words('Which way did they go?', 'Dans quelle direction ?'),
  hint: words('Street, on foot or by what', 'Rue, à pied ou comment'),
};

const person = (id: string, words: Words, hint?: Words): Question => ({
  id,
  kind: 'text',
  most: 80,
  words,
  ...(hint === undefined ? {} : { hint }),
  after: { question: 'done' },
  person: true,
});

/** What each category asks, in the order in which it asks. */
export const questionsOf: Readonly<Record<Category, readonly Question[]>> = {
  suspicious: [
    {
      id: 'done',
      kind: 'choices',
      required: true,
      words: words('What was done?', 'Qu’est-ce qui a été fait ?'),
      hint: words(
        'What you saw somebody do. Who somebody is, is nothing suspicious.',
        'Ce que vous avez vu faire. Ce que quelqu’un est n’a rien de suspect.',
      ),
      choices: [
        choice('tried-doors', 'Tried doors, gates or cars', 'Essayé des portes, portails ou voitures'),
        choice('looked-in', 'Looked into homes or cars', 'Regardé dans des logements ou voitures'),
        choice('entered', 'Went in without leave', 'Entré sans permission'),
        choice('took', 'Took something away', 'Emporté quelque chose'),
        choice('damaged', 'Damaged something', 'Abîmé quelque chose'),
        choice('followed', 'Followed somebody', 'Suivi quelqu’un'),
        choice('threatened', 'Threatened or shouted', 'Menacé ou crié'),
        choice('filmed', 'Photographed or filmed homes', 'Photographié ou filmé des logements'),
        choice('pretended', 'Rang under a pretext', 'Sonné sous un prétexte'),
        otherThing,
      ],
    },
    {
      id: 'done-words',
      kind: 'text',
      most: 300,
      required: true,
      after: { question: 'done', choice: 'other' },
      words: words('What was it?', 'Qu’est-ce que c’était ?'),
      hint: words('In a few words, what they did', 'En quelques mots, ce qui a été fait'),
    },
    {
      id: 'vehicle',
      kind: 'text',
      most: 80,
      words: words('A vehicle?', 'Un véhicule ?'),
      hint: words('Kind, colour, number plate', 'Type, couleur, plaque'),
    },
    direction,
    person('top', words('Clothes, top', 'Haut des vêtements'), words('Grey hood', 'Capuche grise')),
    person('bottom', words('Trousers or skirt', 'Pantalon ou jupe'), words('Blue jeans', 'Jean bleu')),
    person('shoes', words('Shoes', 'Chaussures'), words('White trainers', 'Baskets blanches')),
    {
      id: 'height',
      kind: 'choice',
      words: words('Height', 'Taille'),
      choices: [
        choice('short', 'Under 1.60 m', 'Moins de 1,60 m'),
        choice('middle', '1.60 to 1.80 m', 'De 1,60 à 1,80 m'),
        choice('tall', 'Over 1.80 m', 'Plus de 1,80 m'),
      ],
      after: { question: 'done' },
      person: true,
    },
    person('carrying', words('Bag or tools', 'Sac ou outils'), words('Red backpack', 'Sac à dos rouge')),
  ],
  'break-in': [
    {
      id: 'inside',
      kind: 'choice',
      words: words('Is somebody inside who should not be?', 'Y a-t-il quelqu’un à l’intérieur ?'),
      choices: [yes, choice('gone', 'They have left', 'Ils sont partis'), unknown],
    },
    {
      id: 'entry',
      kind: 'choices',
      words: words('Which way in?', 'Par où ?'),
      choices: [
        choice('door', 'Door', 'Porte'),
        choice('window', 'Window', 'Fenêtre'),
        choice('cellar', 'Cellar or garage', 'Cave ou garage'),
        choice('shed', 'Shed or garden', 'Abri ou jardin'),
        unknown,
      ],
    },
    direction,
  ],
  theft: [
    {
      id: 'what',
      kind: 'choices',
      words: words('What was taken?', 'Qu’est-ce qui a été pris ?'),
      choices: [
        choice('bicycle', 'Bicycle or scooter', 'Vélo ou trottinette'),
        choice('vehicle', 'Vehicle', 'Véhicule'),
        choice('from-vehicle', 'Something from a vehicle', 'Objet dans un véhicule'),
        choice('parcel', 'Parcel', 'Colis'),
        choice('bag', 'Bag, phone, purse', 'Sac, téléphone, portefeuille'),
        otherThing,
      ],
    },
    {
      id: 'marks',
      kind: 'text',
      most: 160,
      words: words('How can one recognise it?', 'À quoi le reconnaître ?'),
      hint: words('Make, colour, marks', 'Marque, couleur, signes'),
    },
    direction,
  ],
  fire: [
    {
      id: 'people',
      kind: 'choice',
      words: words('Is everybody out?', 'Tout le monde est-il dehors ?'),
      choices: [yes, choice('inside', 'Somebody is inside', 'Il y a quelqu’un à l’intérieur'), unknown],
    },
    {
      id: 'burning',
      kind: 'choice',
      words: words('What is burning?', 'Qu’est-ce qui brûle ?'),
      choices: [
        choice('home', 'A building', 'Un bâtiment'),
        choice('vehicle', 'A vehicle', 'Un véhicule'),
        choice('bin', 'A bin or rubbish', 'Une poubelle'),
        choice('plants', 'Trees or grass', 'Des arbres ou de l’herbe'),
        choice('smell', 'Only smoke or a smell', 'Fumée ou odeur seulement'),
      ],
    },
  ],
  medical: [
    {
      id: 'awake',
      kind: 'choice',
      words: words('Awake and answering?', 'La personne est-elle consciente ?'),
      choices: [yes, no, unknown],
    },
    {
      id: 'breathing',
      kind: 'choice',
      words: words('Breathing?', 'Respire-t-elle ?'),
      choices: [yes, no, unknown],
    },
    {
      id: 'need',
      kind: 'choices',
      words: words('What would help?', 'Qu’est-ce qui aiderait ?'),
      choices: [
        choice('defibrillator', 'A defibrillator', 'Un défibrillateur'),
        choice('first-aid', 'Somebody who knows first aid', 'Un secouriste'),
        choice('guide', 'Somebody to wait for the ambulance', 'Quelqu’un pour guider les secours'),
      ],
    },
  ],
  missing: [
    {
      id: 'who',
      kind: 'choice',
      words: words('Who is missing?', 'Qui a disparu ?'),
      choices: [
        choice('child', 'A child', 'Un enfant'),
        choice('adult', 'An adult', 'Un adulte'),
        choice('elderly', 'An elderly person', 'Une personne âgée'),
        choice('animal', 'An animal', 'Un animal'),
      ],
    },
    {
      id: 'since',
      kind: 'choice',
      words: words('Since when?', 'Depuis quand ?'),
      choices: [
        choice('hour', 'Less than an hour', 'Moins d’une heure'),
        choice('today', 'Some hours', 'Quelques heures'),
        choice('longer', 'A day or more', 'Un jour ou plus'),
      ],
    },
    {
      id: 'looks',
      kind: 'text',
      most: 300,
      words: words('What to look for', 'À quoi les reconnaître'),
      hint: words('Age, clothes, what they answer to', 'Âge, vêtements, nom auquel ils répondent'),
    },
  ],
  'road-hazard': [
    {
      id: 'what',
      kind: 'choice',
      words: words('What is it?', 'Qu’est-ce que c’est ?'),
      choices: [
        choice('obstacle', 'Something on the road', 'Un obstacle'),
        choice('accident', 'An accident', 'Un accident'),
        choice('surface', 'Ice, water or oil', 'Verglas, eau ou huile'),
        choice('hole', 'A hole', 'Un trou'),
        choice('lights', 'Lights or signs out', 'Feux ou panneaux en panne'),
      ],
    },
    {
      id: 'passable',
      kind: 'choice',
      words: words('Can one pass?', 'Peut-on passer ?'),
      choices: [yes, choice('care', 'With care', 'Avec prudence'), no],
    },
  ],
  noise: [
    {
      id: 'what',
      kind: 'choice',
      words: words('What is it?', 'Qu’est-ce que c’est ?'),
      choices: [
        choice('music', 'Music or a party', 'Musique ou fête'),
        choice('shouting', 'Shouting', 'Cris'),
        choice('works', 'Works or machines', 'Travaux ou machines'),
        choice('vehicle', 'Vehicles', 'Véhicules'),
        choice('animal', 'An animal', 'Un animal'),
        choice('alarm', 'An alarm', 'Une alarme'),
      ],
    },
    {
      id: 'since',
      kind: 'choice',
      words: words('Since when?', 'Depuis quand ?'),
      choices: [
        choice('now', 'It has just begun', 'Cela vient de commencer'),
        choice('hours', 'For hours', 'Depuis des heures'),
        choice('often', 'It comes often', 'Cela revient souvent'),
      ],
    },
  ],
  damage: [
    {
      id: 'what',
      kind: 'choice',
      words: words('What is damaged or out?', 'Qu’est-ce qui est abîmé ou en panne ?'),
      choices: [
        choice('electricity', 'Electricity', 'Électricité'),
        choice('water', 'Water', 'Eau'),
        choice('gas', 'Gas', 'Gaz'),
        choice('light', 'Street light', 'Éclairage public'),
        choice('building', 'A building or a wall', 'Un bâtiment ou un mur'),
        otherThing,
      ],
    },
    {
      id: 'dangerous',
      kind: 'choice',
      words: words('Is it dangerous?', 'Est-ce dangereux ?'),
      choices: [yes, no, unknown],
    },
  ],
  other: [
    {
      id: 'dangerous',
      kind: 'choice',
      words: words('Is it dangerous?', 'Est-ce dangereux ?'),
      choices: [yes, no, unknown],
    },
    {
      id: 'wish',
      kind: 'choice',
      words: words('What should neighbours do?', 'Que doivent faire les voisins ?'),
      choices: [
        choice('know', 'Only know of it', 'Seulement le savoir'),
        choice('look', 'Look out for it', 'Ouvrir l’œil'),
        choice('come', 'Come and help', 'Venir aider'),
      ],
    },
  ],
};
