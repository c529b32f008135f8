import { signal } from '@preact/signals';
import type { LogEntry } from '../../shared/events.ts';
import type { CheckIn, Search } from '../../shared/home-safe.ts';
import type { Snapshot } from '../../shared/protocol.ts';
import { type PatrolReport, snapshotReports } from '../../shared/reports.ts';
import type { Id } from '../../shared/text.ts';
import { byId, withNewer } from './newer.ts';

/** What of a snapshot is about walkers being well, and about what they saw. */
export type KeptSafety = Pick<Snapshot, 'checkIns' | 'searches' | 'reports'> & {
  /** Searches of which the log said something that the server was not heard about yet; a snapshot says it all. */
  searchesToAsk?: readonly Id[] | undefined;
};

/**
 * Who has said that they are well, who is looked for, and what the last rounds saw.
 * @param walked whether this member walks, or walked, the round: what the log says of a search there may not be what
 *   they may see
 */
export function createSafetyState(walked: (patrolId: Id) => boolean) {
  const checkIns = signal<ReadonlyMap<Id, CheckIn>>(new Map());
  const searches = signal<ReadonlyMap<Id, Search>>(new Map());
  const reports = signal<ReadonlyMap<Id, PatrolReport>>(new Map());
  /** Searches on rounds of mine of which the log said something: the server is asked what of it I may see. */
  const askAbout = signal<readonly Id[]>([]);
  /** Of those, what is asked at the moment: a page that is left before the answer has to ask again. */
  let asking: readonly Id[] = [];

  const takeCheckIn = (checkIn: CheckIn | null) => {
    if (checkIn !== null) checkIns.value = withNewer(checkIns.value, [checkIn], byId);
  };
  const takeSearch = (search: Search) => {
    searches.value = withNewer(searches.value, [search], byId);
  };
  const takeReport = (report: PatrolReport) => {
    reports.value = withNewer(reports.value, [report], byId);
  };

  return {
    checkIns,
    searches,
    reports,
    askAbout,

    /** @returns whether the entry was about this */
    apply(entry: LogEntry): boolean {
      switch (entry.type) {
        case 'checkIn.changed':
          takeCheckIn(entry.checkIn);
          return true;
        case 'search.begun':
        case 'search.widened':
        case 'search.changed':
        case 'search.ended':
          if ('checkIn' in entry) takeCheckIn(entry.checkIn);
          if (walked(entry.search.patrolId)) askAbout.value = [...askAbout.value, entry.search.id];
          else takeSearch(entry.search);
          return true;
        case 'patrol.reported':
          takeReport(entry.report);
          return true;
        default:
          return false;
      }
    },

    /** Those to ask about now. Of each of them the caller says how it went. */
    takeQuestions(): readonly Id[] {
      const wanted = [...new Set(askAbout.value)];
      asking = [...asking, ...wanted];
      askAbout.value = [];
      return wanted;
    },
    /** @param heard whether the server answered; otherwise it is asked again */
    asked(searchId: Id, heard: boolean): void {
      const at = asking.indexOf(searchId);
      asking = asking.filter((_, i) => i !== at);
      if (!heard) askAbout.value = [...askAbout.value, searchId];
    },

    /** Asks anew about those on rounds of mine: an earlier answer may have been lost with a page or the network. */
    askAgain(): void {
      const open = [...searches.value.values()].filter(
        ({ end, patrolId }) => end === null && walked(patrolId),
      );
      if (open.length > 0) askAbout.value = [...askAbout.value, ...open.map(({ id }) => id)];
    },

    start(from: KeptSafety): void {
      checkIns.value = new Map(from.checkIns.map((checkIn) => [checkIn.id, checkIn]));
      searches.value = new Map(from.searches.map((search) => [search.id, search]));
      reports.value = new Map(from.reports.map((report) => [report.id, report]));
      askAbout.value = from.searchesToAsk ?? [];
    },

    kept: (): KeptSafety => ({
      checkIns: [...checkIns.value.values()],
      searches: [...searches.value.values()].filter(({ end }) => end === null),
      reports: [...reports.value.values()].toSorted((a, b) => b.at - a.at).slice(0, snapshotReports),
      searchesToAsk: [...new Set([...asking, ...askAbout.value])],
    }),

    /** What a command answered. */
    takeCheckIn,
    takeSearch,
    takeReport,
  };
}
