import { describe, expect, it } from 'vitest';
import { askedAnswers, categories, checkAnswers, heldField, issues } from '../../shared/categories.ts';
import { type Answers, Category } from '../../shared/incidents.ts';
import { questionsOf } from '../../shared/questions.ts';
import { Locale } from '../../shared/text.ts';

const done = { done: ['tried-doors'] };
const two = { top: 'Grey hood', height: 'tall' };

describe('what the categories ask', () => {
  const all = Category.options.flatMap((category) =>
    questionsOf[category].map((question) => [category, question] as const),
  );

  it('[RA3] each asks two or three things, suspicious ones also what somebody looked like', () => {
    for (const category of Category.options) {
      const own = questionsOf[category].filter(({ after, person }) => after === undefined && !person);
      expect(own.length, category).toBeGreaterThanOrEqual(2);
      expect(own.length, category).toBeLessThanOrEqual(3);
    }
    expect(new Set(all.flatMap(([category, { person }]) => (person ? [category] : [])))).toEqual(
      new Set(['suspicious']),
    );
    expect(all.flatMap(([, { id, required }]) => (required ? [id] : []))).toEqual(['done', 'done-words']);
  });

  it('[RA3] every question and choice has words in both languages, and an id of its own', () => {
    for (const [category, question] of all) {
      const choices = question.kind === 'text' ? [] : question.choices;
      const texts = [
        question.words,
        ...(question.hint ? [question.hint] : []),
        ...choices.map((choice) => choice.words),
      ];
      for (const text of texts) {
        for (const locale of Locale.options) {
          expect(text[locale], `${category} ${question.id}`).toMatch(/\S/u);
          expect(text[locale]).not.toMatch(/!|\.\.\./u);
        }
        expect(text.fr).not.toMatch(/[^\u00a0\u202f][?;:»]/u);
        expect(text.fr).not.toMatch(/(?<!\p{L})(?:tu|toi|ton|ta|tes)(?!\p{L})/u);
      }
      const ids = choices.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      const asked = questionsOf[category].map(({ id }) => id);
      expect(asked.filter((id) => id === question.id)).toHaveLength(1);
      if (question.after !== undefined) expect(asked).toContain(question.after.question);
    }
  });

  it('[RA2] those that belong to an emergency service are called first', () => {
    const first = Category.options.filter((category) => categories[category].callFirst);
    expect(first).toEqual(['break-in', 'fire', 'medical', 'missing']);
    expect(first.map((category) => categories[category].service)).toEqual([
      'police',
      'fire',
      'ambulance',
      'police',
    ]);
    expect(categories.suspicious.service).toBe('police');
    expect(categories.noise.service).toBeNull();
  });
});

describe('answers', () => {
  it.each<[string, Category, Answers]>([
    ['nothing where nothing is required', 'fire', {}],
    ['one choice', 'fire', { people: 'inside' }],
    ['several choices', 'medical', { need: ['guide', 'first-aid'], awake: 'no' }],
    ['what was done', 'suspicious', done],
    ['what was done in words', 'suspicious', { done: ['other'], 'done-words': 'Throws stones' }],
    ['a person after what was done', 'suspicious', { ...done, ...two }],
    ['a vehicle alone', 'suspicious', { ...done, vehicle: 'White van' }],
  ])('[RA3] takes %s', (_, category, answers) => {
    expect(checkAnswers(category, answers)).toEqual({ ok: true, answers });
  });

  it.each<[string, Category, Answers, string, string]>([
    ['a question of another category', 'fire', done, 'answers', issues.unknown],
    ['a choice that is not offered', 'fire', { people: 'maybe' }, 'answers.people', issues.choice],
    ['one where several may be', 'medical', { need: 'guide' }, 'answers.need', issues.choice],
    ['several where one may be', 'fire', { people: ['yes'] }, 'answers.people', issues.choice],
    ['the same twice', 'medical', { need: ['guide', 'guide'] }, 'answers.need', issues.choice],
    ['none of several', 'suspicious', { done: [] }, 'answers.done', issues.choice],
    ['nothing done', 'suspicious', {}, 'answers.done', issues.required],
    [
      'something else without words',
      'suspicious',
      { done: ['other'] },
      'answers.done-words',
      issues.required,
    ],
    [
      'words for what was not chosen',
      'suspicious',
      { ...done, 'done-words': 'x' },
      'answers.done-words',
      issues.unknown,
    ],
    ['choices where words are asked', 'theft', { marks: ['x'] }, 'answers.marks', ''],
    ['empty words', 'theft', { marks: '  ' }, 'answers.marks', 'must not be empty'],
    ['long words', 'theft', { marks: 'x'.repeat(161) }, 'answers.marks', 'must have at most 160 characters'],
    [
      'hidden directions',
      'theft',
      { marks: 'a\u202eb' },
      'answers.marks',
      'must not contain text-direction characters',
    ],
    ['a person without what they did', 'suspicious', two, 'answers.done', issues.required],
    ['one detail of a person', 'suspicious', { ...done, shoes: 'white' }, 'answers.shoes', issues.personThin],
    ['the name of something inherited', 'fire', { constructor: 'yes' }, 'answers', issues.unknown],
  ])('[RA3] refuses %s', (_, category, answers, path, message) => {
    const checked = checkAnswers(category, answers);
    expect(checked).toMatchObject({ ok: false, path, ...(message === '' ? {} : { message }) });
    expect(JSON.stringify(checked)).not.toContain('maybe');
  });

  it('[RA3] words are stored as other texts are: normalised and trimmed', () => {
    expect(checkAnswers('theft', { marks: ' e\u0301toile\r\n' })).toEqual({
      ok: true,
      answers: { marks: 'étoile' },
    });
  });

  it('[RA3] what another answer took away is not sent', () => {
    expect(askedAnswers('suspicious', { ...done, 'done-words': 'left from before', top: '' })).toEqual(done);
    expect(askedAnswers('suspicious', two)).toEqual({});
  });
});

describe('behaviour before person, in a report', () => {
  const suspicious = { category: 'suspicious' as const, description: '', answers: done };
  it.each<[string, Parameters<typeof heldField>[0], string | null]>([
    ['nothing but what was done', suspicious, null],
    ['origin in the words', { ...suspicious, description: 'Deux Roumains' }, 'description'],
    ['origin in the title', { ...suspicious, title: 'Black man', description: 'again' }, 'title'],
    [
      'origin among the details',
      { ...suspicious, answers: { ...done, vehicle: 'Des Roms dedans' } },
      'answers.vehicle',
    ],
    [
      'origin as what was done',
      { ...suspicious, answers: { done: ['other'], 'done-words': 'A black man is there' } },
      'answers.done-words',
    ],
    ['origin and one box ticked', { ...suspicious, description: 'Black man', answers: done }, 'description'],
    [
      'origin, what was done, several details',
      { ...suspicious, description: 'Black man', answers: { ...done, ...two } },
      null,
    ],
    [
      'origin and details, but nothing certain was done',
      { ...suspicious, description: 'Black man', answers: { done: ['other'], 'done-words': 'Odd', ...two } },
      'description',
    ],
    [
      'what was done in the words themselves',
      { ...suspicious, description: 'Black man, tried all the car doors' },
      null,
    ],
    ['another category', { category: 'break-in', description: 'Des Roms', answers: {} }, 'description'],
    [
      'somebody to be found',
      { category: 'missing', description: 'Black woman, 80, red coat', answers: {} },
      null,
    ],
    [
      'somebody to be helped',
      { category: 'medical', description: 'Un homme noir, la cinquantaine', answers: {} },
      null,
    ],
  ])('[RA4] %s', (_, said, path) => {
    expect(heldField(said)).toBe(path);
  });
});
