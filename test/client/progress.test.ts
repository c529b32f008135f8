import { describe, expect, it } from 'vitest';
import { isHandled, minutesUntil, responders, stageOf } from '../../client/incidents/progress.ts';
import { severityHtml } from '../../client/ui/severity.tsx';
import {
  emptyLife,
  type IncidentLife,
  type Response,
  type ResponseKind,
} from '../../shared/incident-life.ts';
import { Severity } from '../../shared/incidents.ts';

const incidentId = 'i'.repeat(16);
const idOf = (name: string) => name.padEnd(16, '-');

const answers = (...given: [name: string, kind: ResponseKind][]): Response[] =>
  given.map(([name, kind], at) => ({
    incidentId,
    memberId: idOf(name),
    version: 1,
    kind,
    etaAt: null,
    at,
  }));
const life = (responses: Response[], over: Partial<IncidentLife> = {}): IncidentLife => ({
  ...emptyLife(incidentId),
  responses,
  ...over,
});
const owned: IncidentLife['handling'] = {
  incidentId,
  version: 1,
  step: 'owned',
  ownerId: idOf('bo'),
  since: 0,
  dueAt: 1,
  silent: [],
};

describe('how far an incident has come', () => {
  it('[RE17] is as far as whoever is nearest; who stood down does not count', () => {
    expect(stageOf('open', life([]))).toBe('reported');
    expect(stageOf('open', life(answers(['bo', 'acknowledged'])))).toBe('acknowledged');
    expect(stageOf('open', life(answers(['bo', 'acknowledged'], ['cy', 'en-route'])))).toBe('en-route');
    expect(stageOf('open', life(answers(['bo', 'on-scene'], ['cy', 'en-route'])))).toBe('on-scene');
    expect(stageOf('open', life(answers(['bo', 'stood-down'])))).toBe('reported');
    expect(stageOf('open', life([], { handling: owned }))).toBe('acknowledged');
    expect(stageOf('closed', life(answers(['bo', 'on-scene'])))).toBe('closed');
  });

  it('[RE17] lists who takes part, whoever is there first', () => {
    const all = answers(
      ['ada', 'acknowledged'],
      ['bo', 'stood-down'],
      ['cy', 'en-route'],
      ['di', 'on-scene'],
      ['ed', 'en-route'],
    );
    expect(responders(life(all)).map(({ memberId }) => memberId)).toEqual(
      ['di', 'cy', 'ed', 'ada'].map(idOf),
    );
  });

  it('[RE17] tells about how many minutes are left, and none once the time has passed', () => {
    const minute = 60_000;
    expect(
      [5 * minute, 5 * minute - 14_000, 90_001, 1000, 0, -minute].map((left) => minutesUntil(left, 0)),
    ).toEqual([5, 5, 2, 1, null, null]);
  });

  it('[RE17] fills the shape: open solid, being handled half, closed not at all', () => {
    expect(isHandled(life([], { handling: owned }))).toBe(true);
    expect(isHandled(life([], { handling: { ...owned, step: 'volunteers', ownerId: null } }))).toBe(false);
    expect(isHandled(undefined)).toBe(false);
    const drawn = Severity.options.flatMap((severity) => [
      severityHtml({ severity, status: 'open' }),
      severityHtml({ severity, status: 'open', handled: true }),
      severityHtml({ severity, status: 'closed', handled: true }),
    ]);
    expect(new Set(drawn).size).toBe(12);
    const halves = drawn.map((html) => html.includes('severity__half'));
    expect(halves).toEqual(Severity.options.flatMap(() => [false, true, false]));
  });
});
