import * as v from 'valibot';
import { handoverApi } from './handover-api.ts';
import { preferencesApi } from './preferences-api.ts';
import { reachApi } from './reach-api.ts';
import { relaysApi } from './relays/relays-api.ts';
import { waysApi } from './push/ways-api.ts';
import { Config } from '../shared/config.ts';
import { Devices, LinkCreated, Me, type UseLinkCommand } from '../shared/auth.ts';
import type { MergeCommand } from '../shared/duplicates.ts';
import { type ErrorCode, Problem } from '../shared/errors.ts';
import { Drill } from '../shared/drills.ts';
import { Cursor } from '../shared/events.ts';
import {
  type ConfirmCommand,
  Confirmed,
  HandedOver,
  type HandOverCommand,
  IncidentLife,
  Posted,
  type RespondCommand,
  Responded,
  type ReopenCommand,
  type ResolveCommand,
  type SeenCommand,
  type UpdateCommand,
} from '../shared/incident-life.ts';
import { IncidentHistory } from '../shared/history.ts';
import { Incident, IncidentPage, type ReportCommand, Reported } from '../shared/incidents.ts';
import {
  type AcceptCommand,
  type FoundCommand,
  Invite,
  type InviteCommand,
  InviteCreated,
  InvitePreview,
  Joined,
  Member,
  Neighbourhood,
  type Role,
  type SettingsCommand,
} from '../shared/neighbourhoods.ts';
import {
  CheckedIn,
  CheckIn,
  type CheckInCommand,
  type GoCommand,
  type SafeCommand,
  Search,
  SearchChanged,
  SearchDetail,
} from '../shared/home-safe.ts';
import {
  Blocking,
  Checkpoint,
  type CheckpointCommand,
  CheckpointVisited,
  Checkpoints,
  type JoinPatrolCommand,
  PartnerCodeShown,
  Patrol,
  PatrolChanged,
  type StartPatrolCommand,
  type VisitCommand,
} from '../shared/patrols.ts';
import {
  PastRound,
  PastRounds,
  PatrolReport,
  PatrolReported,
  type ReportCommand as RoundReport,
  Summary,
} from '../shared/reports.ts';
import type { Snapshot } from '../shared/protocol.ts';
import { PhotoUploaded } from '../shared/photos.ts';
import {
  type FlagCommand,
  ModerationPage,
  MyReviews,
  Reviewed,
  ReviewedDetail,
  type VerdictCommand,
} from '../shared/reviews.ts';
import { MemberKit } from '../shared/kit.ts';
import {
  PatrolWord,
  PatrolWordAnswer,
  type SeriesCommand,
  SeriesChanged,
  Shift,
  ShiftAnswer,
  ShiftChanged,
  type ShiftCommand,
  ShiftPage,
  ShiftSeries,
  type SignUpCommand,
} from '../shared/shifts.ts';
import { Cover, Swap } from '../shared/swaps.ts';
import {
  type Sharing,
  type SosCodesCommand,
  type SosCommand,
  type SosEndCommand,
  SosSettings,
  WalkAnswer,
  type WalkCommand,
} from '../shared/sos.ts';
import type { Id } from '../shared/text.ts';

const patience = 20_000;
/** To look through everything takes the server its time. */
const eraseMs = 120_000;

/** The server refused: its problem document, and how long it asked to be left alone (milliseconds). */
export class ApiError extends Error {
  readonly problem: Problem;
  readonly retryAfter: number | null;

  constructor(problem: Problem, retryAfter: number | null) {
    super(problem.title);
    this.name = 'ApiError';
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/** No answer, or not one of ours: no network, a time-out, a hotel's sign-in page that answers 200 to everything. */
export class NetworkError extends Error {
  constructor(cause: unknown) {
    super('no answer from the server', { cause });
    this.name = 'NetworkError';
  }
}

/** The code of a refusal, or `NETWORK` where nobody of ours answered. */
export type FailureCode = ErrorCode | 'NETWORK';

/** Why a call failed, for choosing the words. Anything that is not a failure of a call is thrown again. */
export function failureCode(error: unknown): FailureCode {
  if (error instanceof ApiError) return error.problem.code;
  if (error instanceof NetworkError) return 'NETWORK';
  throw error;
}

const SnapshotAnswer: v.GenericSchema<unknown, Snapshot> = v.object({
  cursor: Cursor,
  neighbourhood: Neighbourhood,
  me: Member,
  members: v.array(Member),
  kits: v.array(MemberKit),
  incidents: v.array(Incident),
  lives: v.array(IncidentLife),
  patrols: v.array(Patrol),
  shifts: v.array(Shift),
  series: v.array(ShiftSeries),
  patrolWords: v.array(PatrolWord),
  swaps: v.array(Swap),
  covers: v.array(Cover),
  checkIns: v.array(CheckIn),
  searches: v.array(Search),
  reports: v.array(PatrolReport),
  drills: v.array(Drill),
});

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
type Send = { body?: unknown; form?: FormData; key?: string; ms?: number };

function retryAfterOf(response: Response): number | null {
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : null;
}

/** A refusal that does not speak problem+json comes from something between us and the server. */
async function problemOf(response: Response): Promise<Problem> {
  const parsed = v.safeParse(Problem, await response.json().catch(() => null));
  if (parsed.success) return parsed.output;
  if (response.status >= 500 || response.status === 429) {
    const code = response.status === 429 ? 'RATE_LIMITED' : 'UNAVAILABLE';
    return { type: 'about:blank', title: 'Not available', status: response.status, code };
  }
  throw new NetworkError(`status ${response.status} without a problem document`);
}

export type IncidentQuery = { bbox?: string; from?: number; limit?: number; cursor?: string };

/**
 * Every call to the server. `key` is the command's Idempotency-Key: the caller makes it, so that a repeat is
 * recognised. Each call rejects with ApiError (refused) or NetworkError (no answer of ours), and nothing else.
 */
export function createApi(options: {
  fetch: typeof fetch;
  origin?: string;
  /** What time it is at the server, to the second. */
  heardTime?: (at: number) => void;
}) {
  const origin = options.origin ?? '';

  async function ask(
    method: Method,
    path: string,
    { body, form, key, ms = patience }: Send,
  ): Promise<Response> {
    let response: Response;
    try {
      response = await options.fetch(`${origin}/api${path}`, {
        method,
        headers: {
          Accept: 'application/json',
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(key === undefined ? {} : { 'Idempotency-Key': key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(form === undefined ? {} : { body: form }),
        cache: 'no-store',
        signal: AbortSignal.timeout(ms),
      });
    } catch (error) {
      throw new NetworkError(error);
    }
    const at = Date.parse(response.headers.get('Date') ?? '');
    if (!Number.isNaN(at)) options.heardTime?.(at);
    if (!response.ok) throw new ApiError(await problemOf(response), retryAfterOf(response));
    return response;
  }

  async function call<Schema extends v.GenericSchema>(
    method: Method,
    path: string,
    schema: Schema,
    send: Send = {},
  ): Promise<v.InferOutput<Schema>> {
    const response = await ask(method, path, send);
    try {
      return v.parse(schema, await response.json());
    } catch (error) {
      throw new NetworkError(error);
    }
  }

  async function tell(method: Method, path: string, send: Send = {}): Promise<void> {
    const response = await ask(method, path, send);
    // A sign-in page's 200 is not the 204 that says "done".
    if (response.status !== 204) throw new NetworkError(`status ${response.status} instead of 204`);
  }

  const at = (neighbourhoodId: Id) => `/neighbourhoods/${neighbourhoodId}`;

  return {
    ...handoverApi({ call, tell }),
    ...preferencesApi({ call, tell }),
    ...reachApi({ call, tell }),
    ...relaysApi({ call, tell }),
    ...waysApi({ call, tell }),
    config: () => call('GET', '/config', Config),
    me: () => call('GET', '/me', Me),
    signOut: () => tell('DELETE', '/session'),
    /** Where all that is mine comes as one file, for a link. */
    exportAddress: `${origin}/api/me/export`,
    erase: () => tell('DELETE', '/me?confirm=erase', { ms: eraseMs }),
    devices: () => call('GET', '/devices', Devices),
    revokeDevice: (deviceId: Id) => tell('DELETE', `/devices/${deviceId}`),
    createDeviceLink: (key: string) => call('POST', '/device-links', LinkCreated, { body: {}, key }),
    useDeviceLink: (code: string, body: v.InferInput<typeof UseLinkCommand>, key: string) =>
      call('POST', `/device-links/${encodeURIComponent(code)}/use`, Me, { body, key }),

    found: (body: FoundCommand, key: string) => call('POST', '/neighbourhoods', Joined, { body, key }),
    snapshot: (n: Id) => call('GET', `${at(n)}/snapshot`, SnapshotAnswer),
    changeSettings: (n: Id, body: SettingsCommand) =>
      call('PUT', `${at(n)}/settings`, v.object({ neighbourhood: Neighbourhood }), { body }),
    changeRole: (n: Id, memberId: Id, role: Role) =>
      call('PUT', `${at(n)}/members/${memberId}/role`, v.object({ member: Member }), { body: { role } }),
    removeMember: (n: Id, memberId: Id) => tell('DELETE', `${at(n)}/members/${memberId}`),

    invites: (n: Id) => call('GET', `${at(n)}/invites`, v.object({ invites: v.array(Invite) })),
    createInvite: (n: Id, body: v.InferInput<typeof InviteCommand>, key: string) =>
      call('POST', `${at(n)}/invites`, InviteCreated, { body, key }),
    revokeInvite: (n: Id, inviteId: Id) => tell('DELETE', `${at(n)}/invites/${inviteId}`),
    previewInvite: (code: string) => call('GET', `/invites/${encodeURIComponent(code)}`, InvitePreview),
    acceptInvite: (code: string, body: AcceptCommand, key: string) =>
      call('POST', `/invites/${encodeURIComponent(code)}/accept`, Joined, { body, key }),

    report: (n: Id, body: ReportCommand, key: string) =>
      call('POST', `${at(n)}/incidents`, Reported, { body, key }),
    confirm: (n: Id, incidentId: Id, body: ConfirmCommand, key: string) =>
      call('POST', `${at(n)}/incidents/${incidentId}/confirmations`, Confirmed, { body, key }),
    respond: (n: Id, incidentId: Id, body: RespondCommand, key: string) =>
      call('POST', `${at(n)}/incidents/${incidentId}/responses`, Responded, { body, key }),
    handOver: (n: Id, incidentId: Id, body: HandOverCommand, key: string) =>
      call('POST', `${at(n)}/incidents/${incidentId}/handling`, HandedOver, { body, key }),
    resolve: (n: Id, incidentId: Id, body: ResolveCommand, key: string) =>
      call('POST', `${at(n)}/incidents/${incidentId}/resolution`, Reported, { body, key }),
    reopen: (n: Id, incidentId: Id, body: ReopenCommand, key: string) =>
      call('POST', `${at(n)}/incidents/${incidentId}/reopening`, Reported, { body, key }),
    sayStillSo: (n: Id, incidentId: Id, key: string) =>
      call('POST', `${at(n)}/incidents/${incidentId}/freshness`, Reported, { body: {}, key }),
    seen: (n: Id, incidentId: Id, body: SeenCommand, key: string) =>
      tell('POST', `${at(n)}/incidents/${incidentId}/seen`, { body, key }),
    postUpdate: (n: Id, incidentId: Id, body: UpdateCommand, key: string) =>
      call('POST', `${at(n)}/incidents/${incidentId}/updates`, Posted, { body, key }),
    merge: (n: Id, incidentId: Id, body: MergeCommand, key: string) =>
      call('POST', `${at(n)}/incidents/${incidentId}/merge`, Reported, { body, key }),
    flag: (n: Id, incidentId: Id, body: FlagCommand, key: string) =>
      call('POST', `${at(n)}/incidents/${incidentId}/flags`, Reviewed, { body, key }),
    judge: (n: Id, { incidentId, id }: { incidentId: Id; id: Id }, body: VerdictCommand, key: string) =>
      call('POST', `${at(n)}/incidents/${incidentId}/reviews/${id}/verdict`, Reviewed, { body, key }),
    appeal: (n: Id, { incidentId, id }: { incidentId: Id; id: Id }, key: string) =>
      call('POST', `${at(n)}/incidents/${incidentId}/reviews/${id}/appeal`, Reviewed, { body: {}, key }),
    myReviews: (n: Id) => call('GET', `${at(n)}/reviews/mine`, MyReviews),
    moderation: (n: Id, cursor: string | null) =>
      call('GET', `${at(n)}/moderation${cursor === null ? '' : `?cursor=${cursor}`}`, ModerationPage),
    raiseSos: (n: Id, body: v.InferInput<typeof SosCommand>, key: string) =>
      call('POST', `${at(n)}/sos`, Reported, { body, key }),
    endSos: (n: Id, incidentId: Id, body: SosEndCommand, key: string) =>
      call('POST', `${at(n)}/sos/${incidentId}/end`, Reported, { body, key }),
    sosSettings: (n: Id) => call('GET', `${at(n)}/sos/settings`, SosSettings),
    chooseSharing: (n: Id, sharing: Sharing) =>
      call('PUT', `${at(n)}/sos/sharing`, SosSettings, { body: { sharing } }),
    setCodes: (n: Id, body: v.InferInput<typeof SosCodesCommand>) =>
      call('PUT', `${at(n)}/sos/codes`, SosSettings, { body }),
    walk: (n: Id) => call('GET', `${at(n)}/walk`, WalkAnswer),
    setOut: (n: Id, body: v.InferInput<typeof WalkCommand>) =>
      call('PUT', `${at(n)}/walk`, WalkAnswer, { body }),
    amHome: (n: Id, body: SosEndCommand) => call('PUT', `${at(n)}/walk/home`, WalkAnswer, { body }),
    sayOfPatrols: (n: Id, word: PatrolWord['word']) =>
      call('PUT', `${at(n)}/patrol-word`, PatrolWordAnswer, { body: { word } }),
    shifts: (n: Id, from: number, to: number) =>
      call('GET', `${at(n)}/shifts?from=${from}&to=${to}`, ShiftPage),
    shift: (n: Id, shiftId: Id) => call('GET', `${at(n)}/shifts/${shiftId}`, ShiftAnswer),
    planShift: (n: Id, body: v.InferInput<typeof ShiftCommand>, key: string) =>
      call('POST', `${at(n)}/shifts`, ShiftChanged, { body, key }),
    changeShift: (n: Id, shiftId: Id, body: v.InferInput<typeof ShiftCommand>, key: string) =>
      call('POST', `${at(n)}/shifts/${shiftId}/changes`, ShiftChanged, { body, key }),
    cancelShift: (n: Id, shiftId: Id, reason: string, key: string) =>
      call('POST', `${at(n)}/shifts/${shiftId}/cancellation`, ShiftChanged, { body: { reason }, key }),
    joinShift: (n: Id, shiftId: Id, body: v.InferInput<typeof SignUpCommand>, key: string) =>
      call('POST', `${at(n)}/shifts/${shiftId}/sign-ups`, ShiftChanged, { body, key }),
    leaveShift: (n: Id, shiftId: Id, key: string) =>
      call('POST', `${at(n)}/shifts/${shiftId}/leaving`, ShiftChanged, { body: {}, key }),
    planSeries: (n: Id, body: v.InferInput<typeof SeriesCommand>, key: string) =>
      call('POST', `${at(n)}/shift-series`, SeriesChanged, { body, key }),
    changeSeries: (n: Id, seriesId: Id, body: v.InferInput<typeof SeriesCommand>, key: string) =>
      call('POST', `${at(n)}/shift-series/${seriesId}/changes`, SeriesChanged, { body, key }),
    endSeries: (n: Id, seriesId: Id, key: string) =>
      call('POST', `${at(n)}/shift-series/${seriesId}/end`, SeriesChanged, { body: {}, key }),
    checkIn: (n: Id, patrolId: Id, body: CheckInCommand, key: string) =>
      call('POST', `${at(n)}/patrols/${patrolId}/check-ins`, CheckedIn, { body, key }),
    search: (n: Id, searchId: Id) => call('GET', `${at(n)}/searches/${searchId}`, SearchDetail),
    lookFor: (n: Id, searchId: Id, key: string) =>
      call('POST', `${at(n)}/searches/${searchId}/looking`, SearchChanged, { body: {}, key }),
    sayFound: (n: Id, searchId: Id, body: SafeCommand, key: string) =>
      call('POST', `${at(n)}/searches/${searchId}/end`, SearchChanged, { body, key }),
    reportRound: (n: Id, patrolId: Id, body: RoundReport, key: string) =>
      call('POST', `${at(n)}/patrols/${patrolId}/report`, PatrolReported, { body, key }),
    pastRounds: (n: Id, cursor: string | null) =>
      call('GET', `${at(n)}/patrols${cursor === null ? '' : `?cursor=${cursor}`}`, PastRounds),
    pastRound: (n: Id, patrolId: Id) => call('GET', `${at(n)}/patrols/${patrolId}/report`, PastRound),
    patrolSummary: (n: Id) => call('GET', `${at(n)}/patrols/summary`, Summary),
    startPatrol: (n: Id, body: StartPatrolCommand, key: string) =>
      call('POST', `${at(n)}/patrols`, PatrolChanged, { body, key }),
    partnerCode: (n: Id, patrolId: Id) => call('GET', `${at(n)}/patrols/${patrolId}/code`, PartnerCodeShown),
    joinPatrol: (n: Id, patrolId: Id, body: JoinPatrolCommand, key: string) =>
      call('POST', `${at(n)}/patrols/${patrolId}/walkers`, PatrolChanged, { body, key }),
    letIn: (n: Id, patrolId: Id, memberId: Id, key: string) =>
      call('POST', `${at(n)}/patrols/${patrolId}/walkers/${memberId}`, PatrolChanged, { body: {}, key }),
    goFromPatrol: (n: Id, patrolId: Id, way: 'leave' | 'end', body: GoCommand, key: string) =>
      call('POST', `${at(n)}/patrols/${patrolId}/${way}`, PatrolChanged, { body, key }),
    visitCheckpoint: (n: Id, patrolId: Id, body: VisitCommand, key: string) =>
      call('POST', `${at(n)}/patrols/${patrolId}/visits`, CheckpointVisited, { body, key }),
    blocking: (n: Id) => call('GET', `${at(n)}/patrols/blocking`, Blocking),
    block: (n: Id, blocked: Id[]) =>
      call('PUT', `${at(n)}/patrols/blocking`, Blocking, { body: { blocked } }),
    checkpoints: (n: Id) => call('GET', `${at(n)}/checkpoints`, Checkpoints),
    placeCheckpoint: (n: Id, body: CheckpointCommand, key: string) =>
      call('POST', `${at(n)}/checkpoints`, v.object({ checkpoint: Checkpoint }), { body, key }),
    removeCheckpoint: (n: Id, checkpointId: Id) => tell('DELETE', `${at(n)}/checkpoints/${checkpointId}`),
    history: (n: Id, incidentId: Id) =>
      call('GET', `${at(n)}/incidents/${incidentId}/history`, IncidentHistory),
    incident: (n: Id, incidentId: Id) => call('GET', `${at(n)}/incidents/${incidentId}`, ReviewedDetail),
    incidents: (n: Id, query: IncidentQuery) => {
      const search = new URLSearchParams();
      for (const [name, value] of Object.entries(query)) search.set(name, String(value));
      return call('GET', `${at(n)}/incidents?${search.toString()}`, IncidentPage);
    },

    /** @param jpeg the picture as it leaves the device · @param ms how long to wait at most */
    uploadPhoto: (n: Id, jpeg: ArrayBuffer, key: string, ms: number) => {
      const form = new FormData();
      form.set('photo', new Blob([jpeg], { type: 'image/jpeg' }), 'photo.jpg');
      return call('POST', `${at(n)}/photos`, PhotoUploaded, { form, key, ms });
    },
    /** Where a photo's pixels are, for an `<img>`. */
    photoAddress: (n: Id, photoId: Id, size: 'photo' | 'thumbnail') =>
      `${origin}/api${at(n)}/photos/${photoId}${size === 'thumbnail' ? '/thumbnail' : ''}`,
  };
}

export type Api = ReturnType<typeof createApi>;
