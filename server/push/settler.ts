import type { Logger } from 'pino';
import type { ReachCounter } from '../eventlog/reach.ts';
import { partitionOf } from '../redis/keys.ts';
import type { Alert } from './alert.ts';
import { type DuePush, nameOf, type Note, type PushQueue, type Settlement } from './queue.ts';

/**
 * What is known of the device after this attempt: its push service took the message, or it brought nothing, or nobody
 * knows; or it was given up without an attempt.
 */
export type Fate = 'accepted' | 'refused' | 'unknown' | 'given-up';
type About = Pick<Alert, 'subject' | 'kind' | 'kept'>;
type Settling = Settlement & { fate: Fate; about: About | null };

type SettlerDeps = {
  queue: Pick<PushQueue, 'settle'>;
  now: () => number;
  reach: Pick<ReachCounter, 'changed'>;
  logger: Logger;
  /** Told the name of each push that is over, or due again. */
  onOver: (name: string) => void;
};

const atOnce = 500;
/** What is sent and not written yet would be sent again by whoever comes after a crash: no more is sent then. */
const unwrittenAtMost = 100;
const againMs = 500;
/** Each write waits for the disk, and with it whoever raises an alert: so many go at once, or what a moment brings. */
const writtenAtOnce = 64;
const gatherMs = 15;

/**
 * Writes what became of pushes, many in one step: while one write is under way the next one gathers. A push stays
 * held until it is written, so that this process never takes it twice, however long Redis is away.
 */
export function createSettler({ queue, now, reach, logger, onOver }: SettlerDeps) {
  const held = new Set<string>();
  const gathered = new Map<number, Settling[]>();
  let writing: Promise<void> | null = null;
  let closing = false;
  let enough: () => void = () => undefined;
  let unwritten = 0;
  let waiting: (() => void)[] = [];

  /** Resolves once so much is written that more may be sent. */
  async function ready(): Promise<void> {
    if (unwritten < unwrittenAtMost || closing) return;
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
    });
  }

  function wake(): void {
    for (const resolve of waiting) resolve();
    waiting = [];
  }

  /** @returns false when this process has it in hand already */
  function hold(push: DuePush): boolean {
    const name = nameOf(push);
    if (held.has(name)) return false;
    held.add(name);
    return true;
  }

  function gather(settling: Settling): void {
    const partition = partitionOf(settling.push.neighbourhoodId);
    const others = gathered.get(partition);
    if (others === undefined) gathered.set(partition, [settling]);
    else others.push(settling);
  }

  function add(settling: Settling): void {
    gather(settling);
    unwritten += 1;
    if (unwritten >= writtenAtOnce) enough();
    writing ??= writeAll();
    onOver(nameOf(settling.push));
  }

  /** Resolves after a moment, or as soon as there is enough to write. */
  async function gathering(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, gatherMs);
      enough = () => {
        clearTimeout(timer);
        resolve();
      };
      if (closing || unwritten >= writtenAtOnce) enough();
    });
    enough = () => undefined;
  }

  async function writeAll(): Promise<void> {
    while (gathered.size > 0) {
      await gathering();
      const batches = [...gathered];
      gathered.clear();
      const results = await Promise.all(batches.map(([partition, settlings]) => write(partition, settlings)));
      if (results.includes(false)) {
        if (closing) break;
        await new Promise((resolve) => setTimeout(resolve, againMs));
      }
    }
    writing = null;
  }

  async function write(partition: number, settlings: Settling[]): Promise<boolean> {
    for (let from = 0; from < settlings.length; from += atOnce) {
      const batch = settlings.slice(from, from + atOnce);
      try {
        const settled = await queue.settle(partition, now(), batch, notesOf(batch));
        for (const { push } of batch) held.delete(nameOf(push));
        unwritten -= batch.length;
        if (unwritten < unwrittenAtMost) wake();
        countReach(batch.filter((_, i) => settled[i] === true));
      } catch (error) {
        logger.debug({ err: error }, 'pushes not settled');
        for (const settling of settlings.slice(from)) gather(settling);
        return false;
      }
    }
    return true;
  }

  function countReach(settled: readonly Settling[]): void {
    const accepted = settled.filter(({ fate }) => fate === 'accepted');
    for (const { neighbourhoodId, about, settlings } of bySubject(accepted)) {
      const { kind, id } = about.subject;
      // How far an incident got is shown; of a round it is not.
      if (kind !== 'incident') continue;
      reach.changed(neighbourhoodId, id, about.kind === 'alert' ? { phones: settlings.length } : {});
    }
  }

  return {
    hold,
    ready,
    /** Done with. @param about what was sent, where something may have been */
    done: (push: DuePush, fate: Fate = 'given-up', about: About | null = null) =>
      add({ push, again: null, fate, about }),
    /** Due again. @param at epoch milliseconds */
    again: (push: DuePush, at: number, attempt: number, fate: Fate = 'unknown', about: About | null = null) =>
      add({ push, again: { at: Math.round(at), attempt }, fate, about }),
    /** Writes what is gathered; gives up when Redis is away, since the leases bring the rest back. */
    async close(): Promise<void> {
      closing = true;
      enough();
      wake();
      await writing;
    },
  };
}

export type Settler = ReturnType<typeof createSettler>;

/** What is known by these of the devices that each thing was told to. */
function notesOf(batch: readonly Settling[]): Note[] {
  return bySubject(batch).flatMap(({ neighbourhoodId, about, settlings }) => {
    const isLast = ({ again }: Settling) => again === null;
    const note = (says: Note['says'], of: Settling[]): Note[] =>
      of.length === 0
        ? []
        : [{ neighbourhoodId, subjectId: about.subject.id, says, devices: of.map(({ push }) => push) }];
    const ended = (fate: Fate) => settlings.filter((settling) => settling.fate === fate);
    if (about.kept === 'correction') return note('corrected', ended('accepted'));
    if (about.kept !== 'alert') return [];
    const refused = ended('refused');
    return [
      ...note('accepted', ended('accepted')),
      ...note('unknown', ended('unknown')),
      ...note('last', refused.filter(isLast)),
      ...note(
        'refused',
        refused.filter((settling) => !isLast(settling)),
      ),
      ...note('given-up', ended('given-up')),
    ];
  });
}

function bySubject(batch: readonly Settling[]) {
  const groups = new Map<string, { neighbourhoodId: string; about: About; settlings: Settling[] }>();
  for (const settling of batch) {
    const { push, about } = settling;
    if (about === null) continue;
    const key = `${push.neighbourhoodId} ${about.subject.id} ${about.kind} ${about.kept}`;
    const group = groups.get(key);
    if (group !== undefined) group.settlings.push(settling);
    else groups.set(key, { neighbourhoodId: push.neighbourhoodId, about, settlings: [settling] });
  }
  return [...groups.values()];
}
