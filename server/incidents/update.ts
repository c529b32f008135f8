import { categories } from '../../shared/categories.ts';
import { originMessage, restsOnOrigin } from '../../shared/description.ts';
import { mostUpdates, talkMs, type Update, type UpdateCommand } from '../../shared/incident-life.ts';
import type { Incident } from '../../shared/incidents.ts';
import type { Member } from '../../shared/neighbourhoods.ts';

type Posting = {
  id: string;
  incident: Incident;
  /** The member who reported it, also where neighbours do not see it. */
  author: string | null;
  memberId: string;
  command: UpdateCommand;
  /** Those whom it mentions, as far as they are known here. */
  mentioned: readonly Member[];
  /** How many observations and comments the incident has. */
  count: number;
  at: number;
};

type Decision =
  | { ok: true; update: Update }
  | { ok: false; code: 'CONFLICT' | 'INVALID_INPUT'; path: string; message: string };

const refused = (code: 'CONFLICT' | 'INVALID_INPUT', path: string, message: string) =>
  ({ ok: false, code, path, message }) as const;

/** Whom a member mentions: each once, and not themselves. */
export const mentionsOf = ({ mentions }: UpdateCommand, memberId: string): string[] =>
  [...new Set(mentions)].filter((id) => id !== memberId);

/** Decides on an observation or a comment. */
export function post({ id, incident, author, memberId, command, mentioned, count, at }: Posting): Decision {
  const { kind, text } = command;
  if (incident.status === 'closed') {
    if (kind === 'observation') return refused('CONFLICT', 'kind', 'must be a comment: this is closed');
    // An import may be closed without saying since when.
    const closedAt = incident.outcome?.at ?? incident.reportedAt;
    if (at > closedAt + talkMs) return refused('CONFLICT', '', 'must come within a week of the end');
  }
  if (count >= mostUpdates) return refused('CONFLICT', '', 'must not be one of too many: this is full');
  // What somebody looks like is what neighbours look for where somebody is missing or needs help.
  if (!categories[incident.category].describesForHelp && restsOnOrigin(text)) {
    return refused('INVALID_INPUT', 'text', originMessage);
  }
  const mentions = mentionsOf(command, memberId);
  const active = new Set(mentioned.filter(({ status }) => status === 'active').map((member) => member.id));
  if (!mentions.every((other) => active.has(other))) {
    return refused('INVALID_INPUT', 'mentions', 'must be active members');
  }
  const by = incident.reportedBy === null && memberId === author ? null : memberId;
  const update: Update = { id, incidentId: incident.id, version: 1, kind, text, by, mentions, at };
  return { ok: true, update };
}
