import * as v from 'valibot';
import { wordsOf } from '../../../shared/credibility.ts';
import type { Confirmation } from '../../../shared/incident-life.ts';
import type { Incident } from '../../../shared/incidents.ts';
import { Member } from '../../../shared/neighbourhoods.ts';
import { type Background, isNewcomer, isOfCircle } from '../../../shared/standing.ts';
import { getMember } from '../../auth/membership.ts';
import { entityJson, type Write } from '../../eventlog/eventlog.ts';
import type { Redis } from '../../redis/client.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { asArray, asNullableString } from '../../redis/reply.ts';

/** Invitations followed back at most. */
const longestChain = 20;

/** What an incident's end says of who reported it under their name; null where it says nothing. */
function countOf({ reportedBy, outcome, sos }: Incident): {
  of: 'resolved' | 'refuted';
  memberId: string;
} | null {
  // An SOS says nothing of its member's word; and one that they had to end must not show in their figures when it ends.
  if (reportedBy === null || outcome === null || sos !== null) return null;
  // Whoever ends their own report neither earns by it nor is punished for taking it back.
  if (outcome.by === reportedBy || outcome.kind === 'duplicate' || outcome.kind === 'expired') return null;
  return { of: outcome.kind === 'resolved' ? 'resolved' : 'refuted', memberId: reportedBy };
}

/**
 * Writes that count for its reporter how an incident ended, or no longer ends. Reports without a name count for nobody:
 * a weight that changed with them would say whose they were.
 */
export function countedOutcome(neighbourhoodId: string, before: Incident, after: Incident): Write[] {
  const key = neighbourhoodKeys(neighbourhoodId).reportOutcomes;
  const [lost, won] = [countOf(before), countOf(after)];
  return [
    ...(lost === null ? [] : [['HINCRBY', key, `${lost.memberId}:${lost.of}`, '-1'] satisfies Write]),
    ...(won === null ? [] : [['HINCRBY', key, `${won.memberId}:${won.of}`, '1'] satisfies Write]),
  ];
}

/** Reads what a member's standing follows from. */
export function createStandingStore(redis: Redis) {
  /** Who invited them; '' for a founder, null where that is not known. */
  async function inviterOf(neighbourhoodId: string, memberId: string): Promise<string | null> {
    const { inviters } = neighbourhoodKeys(neighbourhoodId);
    return asNullableString(await redis.send(inviters, 'HGET', inviters, memberId));
  }

  /** How many of a member's reports others ended so. */
  async function getOutcomes(neighbourhoodId: string, memberId: string) {
    const { reportOutcomes } = neighbourhoodKeys(neighbourhoodId);
    const fields = [`${memberId}:resolved`, `${memberId}:refuted`];
    const counts = asArray(await redis.send(reportOutcomes, 'HMGET', reportOutcomes, ...fields));
    const [resolved = 0, refuted = 0] = counts.map(Number);
    return { resolved, refuted };
  }

  async function getBackground(neighbourhoodId: string, member: Member): Promise<Background> {
    const [inviter, outcomes] = await Promise.all([
      inviterOf(neighbourhoodId, member.id),
      getOutcomes(neighbourhoodId, member.id),
    ]);
    const { joinedAt, role } = member;
    return { joinedAt, role, founder: inviter === '', ...outcomes };
  }

  /** Whether their word still needs a second witness. */
  async function isNew(neighbourhoodId: string, { id, joinedAt }: Member, at: number): Promise<boolean> {
    // Asked at every report, and mostly answered without asking Redis.
    if (!isNewcomer({ joinedAt, founder: false }, at)) return false;
    return (await inviterOf(neighbourhoodId, id)) !== '';
  }

  /**
   * Follows a newly joined member's invitations back to somebody who stands alone: whoever lets five accounts in may
   * do so through one another.
   * @returns null for a member who stands alone
   */
  async function circleRoot(neighbourhoodId: string, member: Member, at: number): Promise<string | null> {
    let current = member;
    for (let step = 0; step < longestChain; step += 1) {
      const inviter = await inviterOf(neighbourhoodId, current.id);
      const { id, joinedAt, role } = current;
      if (!isOfCircle({ joinedAt, role, founder: inviter === '' }, at)) return step === 0 ? null : id;
      if (inviter === null || inviter === '') return id;
      const before = await getMember(redis, neighbourhoodId, inviter);
      if (before === null) return inviter;
      current = before;
    }
    return current.id;
  }

  /** The words of those who are members still. */
  async function ofMembers(neighbourhoodId: string, words: readonly Confirmation[]): Promise<Confirmation[]> {
    if (words.length === 0) return [];
    const { members } = neighbourhoodKeys(neighbourhoodId);
    const ids = words.map(({ memberId }) => memberId);
    const stored = asArray(await redis.send(members, 'HMGET', members, ...ids));
    const active = new Set(
      stored.flatMap((value) => {
        if (typeof value !== 'string') return [];
        const { id, status } = v.parse(Member, JSON.parse(entityJson(value)));
        return status === 'active' ? [id] : [];
      }),
    );
    return wordsOf(words, (id) => active.has(id));
  }

  return { getBackground, getOutcomes, isNew, circleRoot, ofMembers };
}
