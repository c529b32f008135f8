import { ApiError, failureCode } from '../api.ts';
import { t } from '../i18n/i18n.ts';
import { numbersHere } from '../incidents/emergency.ts';

// The server names what is wrong in English, for machines and their programmers; these are the same in the reader's words.
const known: [pattern: RegExp, text: (match: RegExpExecArray) => string][] = [
  [/^must not be empty$/u, () => t('issue.empty')],
  [/^must have at most (\d+) characters$/u, ([, most = '']) => t('issue.tooLong', { most })],
  [/^must not contain (?:control|text-direction|invisible) characters$/u, () => t('issue.characters')],
  [/^must be well-formed Unicode$/u, () => t('issue.characters')],
  [/^make somebody else coordinator first/u, () => t('erase.lastCoordinator')],
  [/^end your open alerts first/u, () => t('erase.openAlerts')],
  [/^must be in the neighbourhood/u, () => t('alert.outside')],
  [/^was reported by you a moment ago$/u, () => t('duplicate.again')],
  [/^You reported this:/u, () => t('answers.own')],
  [/^You wrote this yourself/u, () => t('flag.own')],
  [/^You flagged this already/u, () => t('flag.again')],
  [/^Neighbours are reviewing this/u, () => t('flag.sitting')],
  [/^Neighbours have decided/u, () => t('flag.decided')],
  [/^Others decide on this/u, () => t('juror.late')],
  [/^a drill goes on already$/u, () => t('drill.runningNow')],
  [/^must not be in the future$/u, () => t('issue.future')],
  [/^must be within the last seven days$/u, () => t('issue.old')],
  [/^did not take the message$/u, () => t('ways.notTaken')],
  [/^must be (?:an e-mail address|a URL)$/u, () => t('ways.invalidAddress')],
  [/^must (?:be https$|use the port 443$|name a (?:public )?host$|not carry )/u, () => t('ways.notPublic')],
  [/^must end with a topic$/u, () => t('ways.topicMissing')],
  [/^this code is over/u, () => t('ways.codeOver')],
  [/^there are \d+ ways already$/u, () => t('ways.full')],
  [/^is not right, or not any more$/u, () => t('round.codeWrong')],
  [/^is far outside the neighbourhood$/u, () => t('round.far')],
  [/^the neighbours have not switched patrols on$/u, () => t('round.off')],
  [/^you walk another patrol$/u, () => t('round.another')],
  [/^is not right$/u, () => t('sos.codeWrong')],
  [/^is full$/u, () => t('issue.shiftFull')],
  [/^you are signed up already$/u, () => t('issue.shiftTwice')],
  [/^you have said that you come$/u, () => t('issue.shiftTwice')],
  [/^is cancelled$/u, () => t('issue.shiftCancelled')],
  [/^has begun$/u, () => t('issue.shiftBegun')],
  [/^lies at the same time as/u, () => t('issue.shiftOverlap')],
  [/^would be more than 6 h in one go$/u, () => t('issue.shiftTooMuch')],
  [/^would leave you less than 8 h of rest/u, () => t('issue.shiftNoRest')],
  [/^is one more than anybody may/u, () => t('issue.shiftTooMany')],
  [/^the last place is kept for/u, () => t('issue.shiftGuide')],
  [/^must be for certain: it starts soon$/u, () => t('issue.shiftSure')],
  [/^you are not signed up$/u, () => t('issue.shiftNotIn')],
  [/^patrols are not switched on here/u, () => t('issue.patrolsOff')],
  [/^is more than 4 h in one go$/u, () => t('shift.much')],
  [/^leaves you less than 8 h of rest/u, () => t('shift.rest')],
  [/^must be at (?:least|most) \d+ (?:min|h) after the start$/u, () => t('issue.shiftLength')],
  [/^must (?:be in the future|not be in the past)$/u, () => t('issue.shiftPast')],
  [/^must be within the next \d+ days$/u, () => t('issue.shiftFar')],
  [/^must (?:end|be) within two years$/u, () => t('issue.seriesEnd')],
  [/^must have a day that is still to come$/u, () => t('issue.seriesEmpty')],
  [/^there are \d+ series already$/u, () => t('issue.seriesMany')],
  [/^this series has ended$/u, () => t('issue.seriesEnded')],
  [/^must be as many as are needed/u, () => t('issue.shiftPlaces')],
  [/^there are too many shifts planned/u, () => t('issue.shiftsMany')],
  [/^must be answered$/u, () => t('issue.required')],
  [/^must say what was done before/u, () => t('issue.personAlone')],
  [/^must describe somebody by at least/u, () => t('issue.personThin')],
  [/^whoever joined less than two days ago/u, () => t('issue.tooNew')],
  [/^must say what was done, not only/u, () => t('issue.origin')],
  [/^must be a comment: this is closed$/u, () => t('updates.closed')],
  [/^must come within a week of the end$/u, () => t('updates.late')],
  [/^must not be one of too many/u, () => t('updates.full')],
  [/^must be active members$/u, () => t('updates.notMembers')],
  [/^(?:the incident is closed|is closed(?: already)?|This is closed\.)$/u, () => t('refusal.closed')],
  [/^is open$/u, () => t('refusal.open')],
  [/^must not follow /u, () => t('refusal.order')],
  [/^was closed more than 24 hours ago$/u, () => t('refusal.reopenLate')],
  [/^an SOS that is over is raised anew$/u, () => t('refusal.sosOver')],
  [/^yours runs already$/u, () => t('refusal.sosRuns')],
  [/^only who is on the scene ends it/u, () => t('refusal.sosEnds')],
  [/^(?:nobody (?:answers|handles) their own SOS|others say so of an SOS)$/u, () => t('refusal.sosOwn')],
  [/^must be within twelve hours$/u, () => t('refusal.walkFar')],
  [/^only who reported it, has it in hand, is on the scene/u, () => t('refusal.closes')],
  [/^only who reported it, is on the scene/u, () => t('refusal.reopens')],
  [/^only who reported it or has it in hand, volunteers/u, () => t('refusal.merges')],
  [/^only its owner or a coordinator hands it over$/u, () => t('refusal.handsOver')],
  [/^must be an active member$/u, () => t('refusal.memberGone')],
  [/^must not be who needs help$/u, () => t('refusal.needsHelp')],
  [/^has it in hand already$/u, () => t('refusal.hasIt')],
  [/^both incidents must be open$/u, () => t('refusal.mergeClosed')],
  [/^an SOS is merged with nothing$/u, () => t('refusal.mergeSos')],
  [/^others were merged into this incident/u, () => t('refusal.mergeChain')],
  [/^You have decided already/u, () => t('refusal.decided')],
  [/^There is nothing to appeal/u, () => t('refusal.appealOver')],
  [
    /^must wait (\d+) min after two false alarms/u,
    ([, minutes = '']) => t('issue.wait', { minutes, number: numbersHere().general }),
  ],
];

/** One issue in the reader's words; null where there are none for it. */
export function issueText(message: string): string | null {
  for (const [pattern, text] of known) {
    const match = pattern.exec(message);
    if (match) return text(match);
  }
  return null;
}

/** What went wrong with a call, in the reader's words. */
export function failureText(error: unknown): string {
  // The browser's push service fails with an exception of the browser's own.
  if (error instanceof DOMException) return t('me.notificationsFailed');
  const code = failureCode(error);
  if (error instanceof ApiError && ['INVALID_INPUT', 'CONFLICT', 'FORBIDDEN'].includes(code)) {
    const texts = (error.problem.issues ?? []).map(({ message }) => issueText(message));
    const first = texts.find((text) => text !== null);
    if (first) return first;
  }
  return t(`error.${code}`);
}
