import type { Answers, Category } from '../../shared/incidents.ts';
import { type Question, questionsOf } from '../../shared/questions.ts';
import { locale } from '../i18n/i18n.ts';

/** An answer in the reader's language; what a newer version may have stored is left out. */
function wordsOf(question: Question, answer: Answers[string]): string {
  if (question.kind === 'text') return typeof answer === 'string' ? answer : '';
  const chosen = typeof answer === 'string' ? [answer] : answer;
  return question.choices
    .filter(({ id }) => chosen.includes(id))
    .map(({ words }) => words[locale.value])
    .join(', ');
}

/** What was asked and answered, in the reader's language. */
export function AnswerList({ category, answers }: { category: Category; answers: Answers }) {
  const rows = questionsOf[category].flatMap((question) => {
    const answer = answers[question.id];
    const words = answer === undefined ? '' : wordsOf(question, answer);
    return words === '' ? [] : [{ question, words }];
  });
  if (rows.length === 0) return null;
  return (
    <dl class="answers">
      {rows.map(({ question, words }) => (
        <div key={question.id}>
          <dt>{question.words[locale.value]}</dt>
          <dd class="words">{words}</dd>
        </div>
      ))}
    </dl>
  );
}
