import type * as v from 'valibot';
import { CalendarLink, Calendars, type CalendarScope } from '../shared/calendars.ts';
import { KitAnswer, type KitId } from '../shared/kit.ts';
import { RotaTotals } from '../shared/rota-totals.ts';
import { ShiftChanged } from '../shared/shifts.ts';
import {
  type AttendanceCommand,
  CoverChanged,
  type CoverCommand,
  type SwapAnswerCommand,
  SwapChanged,
  type SwapCommand,
} from '../shared/swaps.ts';
import type { Id } from '../shared/text.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
type Send = { body?: unknown; key?: string };
export type Calls = {
  call: <Schema extends v.GenericSchema>(
    method: Method,
    path: string,
    schema: Schema,
    send?: Send,
  ) => Promise<v.InferOutput<Schema>>;
  tell: (method: Method, path: string, send?: Send) => Promise<void>;
};

const at = (neighbourhoodId: Id) => `/neighbourhoods/${neighbourhoodId}`;

/** The calls about what members bring, calendars, and places on shifts that change hands. */
export const handoverApi = ({ call, tell }: Calls) => ({
  setKit: (n: Id, kit: readonly KitId[]) => call('PUT', `${at(n)}/kit`, KitAnswer, { body: { kit } }),
  calendars: (n: Id) => call('GET', `${at(n)}/calendars`, Calendars),
  renewCalendar: (n: Id, scope: CalendarScope) =>
    call('PUT', `${at(n)}/calendars/${scope}`, CalendarLink, { body: {} }),
  endCalendar: (n: Id, scope: CalendarScope) => tell('DELETE', `${at(n)}/calendars/${scope}`),
  offerSwap: (n: Id, shiftId: Id, body: v.InferInput<typeof SwapCommand>, key: string) =>
    call('POST', `${at(n)}/shifts/${shiftId}/swaps`, SwapChanged, { body, key }),
  answerSwap: (n: Id, swapId: Id, body: v.InferInput<typeof SwapAnswerCommand>, key: string) =>
    call('POST', `${at(n)}/swaps/${swapId}/answer`, SwapChanged, { body, key }),
  attend: (n: Id, shiftId: Id, body: AttendanceCommand, key: string) =>
    call('POST', `${at(n)}/shifts/${shiftId}/attendance`, CoverChanged, { body, key }),
  answerCover: (n: Id, shiftId: Id, body: v.InferInput<typeof CoverCommand>, key: string) =>
    call('POST', `${at(n)}/shifts/${shiftId}/cover`, CoverChanged, { body, key }),
  sayTurnout: (n: Id, shiftId: Id, came: number, key: string) =>
    call('POST', `${at(n)}/shifts/${shiftId}/turnout`, ShiftChanged, { body: { came }, key }),
  rotaTotals: (n: Id) => call('GET', `${at(n)}/rota-totals`, RotaTotals),
});
