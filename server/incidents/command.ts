import type { Context } from 'hono';
import type { LogEvent } from '../../shared/events.ts';
import type { Incident } from '../../shared/incidents.ts';
import type { Member } from '../../shared/neighbourhoods.ts';
import { Id } from '../../shared/text.ts';
import { actorOf, type Guarded } from '../auth/guards.ts';
import { type Command, commandOf, countedOnce, replayedIfRefused } from '../auth/idempotency.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Guard, Write } from '../eventlog/eventlog.ts';
import type { Budget } from '../limits.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { pathParam } from '../validate.ts';
import { createHistoryStore } from './history-store.ts';
import { createSosStore } from './sos/store.ts';
import { createIncidentStore, notedReceipt } from './store.ts';

/** What a command about an incident is decided on, read anew for each attempt. */
export type About = {
  neighbourhoodId: string;
  incident: Incident;
  /** The member who reported it, also where neighbours do not see it; null for an import. */
  author: string | null;
  actor: Member;
  at: number;
  /** The command's id: the same at each repetition, so that ids can be derived from it. */
  commandId: string;
};

/** What a decision changes. The incident's version and the actor's membership are guarded for it. */
export type Change<Body extends object> = {
  event: LogEvent;
  guards?: Guard[];
  writes: Write[];
  body: Body;
  /** Set where nothing of it belongs into what members read of the incident's history. */
  untold?: boolean;
};

/**
 * Runs POST commands about the incident in the path (`:i`): reads it, lets `decide` decide, commits unless the incident
 * or the membership changed meanwhile, and answers 201 with the body and its seq; a repetition gets the first answer.
 * @param budget what they are counted with, by member; null: only as every command is
 * @param given what makes it the same command, where that is not its whole body
 */
export function incidentCommands(deps: Deps, budget: Budget | null = null) {
  const store = createIncidentStore(deps.redis);
  const history = createHistoryStore(deps.redis);
  const sos = createSosStore(deps.redis);

  return async function run<Body extends object>(
    c: Context<Guarded>,
    decide: (about: About) => Change<Body> | Promise<Change<Body>>,
    given?: Command,
  ) {
    const { neighbourhoodId, member } = c.var;
    const incidentId = pathParam(Id, c.req.param('i'));
    const command = given ?? (await commandOf(c));
    const keys = neighbourhoodKeys(neighbourhoodId);
    const receipt = { key: keys.receipt(member.id, command.id), fingerprint: command.fingerprint };
    const actor = actorOf(c, deps);
    const commit = () =>
      deps.eventLog.decideAndCommit(async () => {
        const [by, found] = await Promise.all([actor(), store.getWithAuthor(neighbourhoodId, incidentId)]);
        if (found === null) throw new AppError('NOT_FOUND');
        const at = deps.now();
        // Of the same version as the true one: whoever had to end their SOS is answered as if it had ended.
        const [incident] = await sos.seenBy(neighbourhoodId, by.member.id, [found.incident]);
        if (incident === undefined) throw new AppError('NOT_FOUND');
        const change = await decide({
          neighbourhoodId,
          ...found,
          incident,
          actor: by.member,
          at,
          commandId: command.id,
        });
        const asDecidedOn = { key: keys.incidents, field: incidentId, version: found.incident.version };
        return {
          neighbourhoodId,
          event: change.event,
          at,
          guards: [by.guard, asDecidedOn, ...(change.guards ?? [])],
          writes: [
            ...change.writes,
            ...(change.untold === true ? [] : await history.appended(neighbourhoodId, change.event, at)),
            notedReceipt(neighbourhoodId, incidentId, receipt),
          ],
          body: change.body,
          receipt,
        };
      });
    const committed =
      budget === null
        ? await replayedIfRefused(deps, receipt, commit)
        : await countedOnce(deps, receipt, { budget, who: member.id }, commit);
    if (committed.replayed) c.header('Idempotency-Replayed', 'true');
    return c.json({ ...committed.body, seq: committed.seq }, 201);
  };
}
