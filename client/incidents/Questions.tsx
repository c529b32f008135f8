import { useId } from 'preact/hooks';
import { isAsked } from '../../shared/categories.ts';
import type { Issue } from '../../shared/errors.ts';
import type { Answers, Category } from '../../shared/incidents.ts';
import { type Question, questionsOf } from '../../shared/questions.ts';
import { locale, t } from '../i18n/i18n.ts';
import { issueText } from '../ui/failure.ts';
import { TextField } from '../ui/Field.tsx';

type Answer = Answers[string] | undefined;
type Asking = {
  question: Question;
  answer: Answer;
  /** Why it cannot go on like this, in the reader's words; null where it can, or nobody has tried yet. */
  error: string | null;
  onAnswer: (answer: Answer) => void;
};

/** One or several of what is offered, as large chips. What was chosen by mistake goes by choosing it again. */
function Offered({ question, answer, error, onAnswer }: Asking) {
  const id = useId();
  if (question.kind === 'text') return null;
  const many = question.kind === 'choices';
  const chosen = typeof answer === 'string' ? [answer] : (answer ?? []);
  const toggle = (choice: string) => {
    if (!many) {
      onAnswer(choice);
      return;
    }
    const left = chosen.filter((one) => one !== choice);
    const next = left.length < chosen.length ? left : [...chosen, choice];
    onAnswer(next.length === 0 ? undefined : next);
  };
  const described = [question.hint && `${id}-hint`, error !== null && `${id}-error`]
    .filter(Boolean)
    .join(' ');
  return (
    <fieldset
      class="choices question"
      id={`question-${question.id}`}
      {...(described ? { 'aria-describedby': described } : {})}
    >
      <legend class="choices__legend">
        {question.words[locale.value]}
        {!question.required && <span class="question__optional"> ({t('app.optional')})</span>}
      </legend>
      {question.hint && (
        <p class="hint" id={`${id}-hint`}>
          {question.hint[locale.value]}
        </p>
      )}
      <div class="choices__row">
        {question.choices.map((choice) => (
          <label key={choice.id} class="chip">
            <input
              type={many ? 'checkbox' : 'radio'}
              class="chip__input"
              name={id}
              checked={chosen.includes(choice.id)}
              onClick={() => {
                // A click comes before the change: what is chosen already is taken back.
                if (!many && chosen.includes(choice.id)) onAnswer(undefined);
              }}
              onChange={() => toggle(choice.id)}
            />
            <span class="chip__face">{choice.words[locale.value]}</span>
          </label>
        ))}
      </div>
      {error !== null && (
        <p class="field__error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}

function Asked(asking: Asking) {
  const { question, answer, error, onAnswer } = asking;
  if (question.kind !== 'text') return <Offered {...asking} />;
  const words = question.words[locale.value];
  return (
    <div id={`question-${question.id}`}>
      <TextField
        label={question.required ? words : `${words} (${t('app.optional')})`}
        {...(question.hint ? { hint: question.hint[locale.value] } : {})}
        error={error}
        value={typeof answer === 'string' ? answer : ''}
        onValue={(value) => onAnswer(value === '' ? undefined : value)}
      />
    </div>
  );
}

/**
 * What the category asks, as things were answered so far; what somebody looked like folded away until what they did is
 * known. `problem`: what holds the draft back, once the person has tried to go on.
 */
export function Questions({
  category,
  answers,
  problem,
  onAnswers,
}: {
  category: Category;
  answers: Answers;
  problem: Issue | null;
  onAnswers: (answers: Answers) => void;
}) {
  const set = (id: string, answer: Answer) => {
    const { [id]: _, ...others } = answers;
    onAnswers(answer === undefined ? others : { ...others, [id]: answer });
  };
  const asked = questionsOf[category].filter((question) => isAsked(question, answers));
  const draw = (question: Question) => (
    <Asked
      key={question.id}
      question={question}
      answer={answers[question.id]}
      error={
        problem?.path === `answers.${question.id}`
          ? (issueText(problem.message) ?? t('error.INVALID_INPUT'))
          : null
      }
      onAnswer={(answer) => set(question.id, answer)}
    />
  );
  const person = asked.filter((question) => question.person);
  const described = person.some(({ id }) => answers[id] !== undefined);
  return (
    <div class="questions">
      {asked.filter((question) => !question.person).map(draw)}
      {questionsOf[category].some((question) => question.person) && person.length === 0 && (
        <p class="hint">{t('person.first')}</p>
      )}
      {person.length > 0 && (
        <details class="person" open={described}>
          <summary>{t('person.title')}</summary>
          <div class="questions">
            <p class="hint">{t('person.hint')}</p>
            {person.map(draw)}
          </div>
        </details>
      )}
    </div>
  );
}
