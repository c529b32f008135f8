import * as v from 'valibot';
import { originMessage, restsOnOrigin } from './description.ts';
import type { EmergencyService } from './emergency.ts';
import type { Issue } from './errors.ts';
import type { Answers, Category, Severity } from './incidents.ts';
import { type Question, questionsOf } from './questions.ts';
import { textSchema } from './text.ts';

export type CategoryFacts = {
  /** How serious it usually is; the person may say otherwise. */
  severity: Severity;
  /** Whose number fits; null where none of them is meant. */
  service: EmergencyService | null;
  /** Belongs to the emergency service: it is called before neighbours are told. */
  callFirst: boolean;
  /** Usually at somebody's home, whose exact place is nobody's business. */
  atHome: boolean;
  /** Who is described is to be found or helped, not suspected: origin and skin may be said. */
  describesForHelp: boolean;
};

const ordinary = { service: null, callFirst: false, atHome: false, describesForHelp: false } as const;

export const categories: Readonly<Record<Category, CategoryFacts>> = {
  suspicious: { ...ordinary, severity: 'minor', service: 'police' },
  'break-in': { ...ordinary, severity: 'severe', service: 'police', callFirst: true, atHome: true },
  theft: { ...ordinary, severity: 'moderate', service: 'police' },
  fire: { ...ordinary, severity: 'severe', service: 'fire', callFirst: true },
  medical: {
    severity: 'severe',
    service: 'ambulance',
    callFirst: true,
    atHome: true,
    describesForHelp: true,
  },
  missing: { ...ordinary, severity: 'severe', service: 'police', callFirst: true, describesForHelp: true },
  'road-hazard': { ...ordinary, severity: 'moderate' },
  noise: { ...ordinary, severity: 'minor', atHome: true },
  damage: { ...ordinary, severity: 'minor' },
  other: { ...ordinary, severity: 'minor' },
};

/** So many things at least say what somebody looked like: one alone fits half the street. */
const personDetails = 2;

export const issues = {
  unknown: 'must answer only what this category asks',
  choice: 'must be one of the choices',
  required: 'must be answered',
  personAlone: 'must say what was done before what somebody looked like',
  personThin: `must describe somebody by at least ${personDetails} things`,
  origin: originMessage,
} as const;

/** Whether a question is asked, as things were answered so far. */
export function isAsked({ after }: Question, answers: Answers): boolean {
  if (after === undefined) return true;
  const given = answers[after.question];
  if (given === undefined || given.length === 0) return false;
  if (after.choice === undefined) return true;
  return typeof given === 'string' ? given === after.choice : given.includes(after.choice);
}

/** What an answer becomes when it is stored: text trimmed and normalised. A string is what is wrong with it. */
function checkOne(question: Question, given: string | string[]): { answer: string | string[] } | string {
  if (question.kind === 'text') {
    const result = v.safeParse(textSchema(1, question.most), given);
    return result.success ? { answer: result.output } : result.issues[0].message;
  }
  const ids = question.choices.map(({ id }) => id);
  if (question.kind === 'choice') {
    return typeof given === 'string' && ids.includes(given) ? { answer: given } : issues.choice;
  }
  const isGood =
    typeof given !== 'string' &&
    given.length > 0 &&
    new Set(given).size === given.length &&
    given.every((id) => ids.includes(id));
  return isGood ? { answer: given } : issues.choice;
}

export type CheckedAnswers = { ok: true; answers: Answers } | ({ ok: false } & Issue);

/** Checks answers against the category's questions: what is not asked, not offered, too long, missing or half. */
export function checkAnswers(category: Category, given: Answers): CheckedAnswers {
  const questions = questionsOf[category];
  if (Object.keys(given).some((id) => !questions.some((question) => question.id === id))) {
    return { ok: false, path: 'answers', message: issues.unknown };
  }
  const answers: Answers = {};
  for (const question of questions) {
    const path = `answers.${question.id}`;
    const answer = given[question.id];
    if (!isAsked(question, given)) {
      if (answer === undefined) continue;
      return { ok: false, path, message: question.person ? issues.personAlone : issues.unknown };
    }
    if (answer === undefined) {
      if (question.required) return { ok: false, path, message: issues.required };
      continue;
    }
    const checked = checkOne(question, answer);
    if (typeof checked === 'string') return { ok: false, path, message: checked };
    answers[question.id] = checked.answer;
  }
  const details = questions.filter(({ id, person }) => person && answers[id] !== undefined);
  if (details.length > 0 && details.length < personDetails) {
    return { ok: false, path: `answers.${details[0]?.id}`, message: issues.personThin };
  }
  return { ok: true, answers };
}

type Said = { category: Category; title?: string | null | undefined; description: string; answers: Answers };

/**
 * The field of a report whose words rest on somebody's origin, skin or religion, without what they did; null where
 * none does. What was done may be said in the field itself; or by a choice, together with several other details.
 */
export function heldField({ category, title, description, answers }: Said): string | null {
  if (categories[category].describesForHelp) return null;
  const done = answers['done'];
  const toldByChoices =
    Array.isArray(done) &&
    done.some((id) => id !== 'other') &&
    questionsOf[category].filter(({ id, person }) => person && answers[id] !== undefined).length >=
      personDetails;
  if (toldByChoices) return null;
  const texts = questionsOf[category].flatMap(({ id, kind }): [string, string][] => {
    const answer = answers[id];
    return kind === 'text' && typeof answer === 'string' ? [[`answers.${id}`, answer]] : [];
  });
  const fields: [string, string][] = [['title', title ?? ''], ['description', description], ...texts];
  return fields.find(([, text]) => restsOnOrigin(text))?.[0] ?? null;
}

/** The answers to what is asked: what was answered before another answer took the question away stays behind. */
export function askedAnswers(category: Category, answers: Answers): Answers {
  const asked = questionsOf[category].filter(
    (question) => answers[question.id] !== undefined && isAsked(question, answers),
  );
  return Object.fromEntries(
    asked.flatMap(({ id }) => {
      const answer = answers[id];
      return answer === undefined || answer.length === 0 ? [] : [[id, answer]];
    }),
  );
}
