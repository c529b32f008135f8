import type { Id } from '../../shared/text.ts';

export const alertSteps = ['what', 'call', 'where', 'preview'] as const;
export type AlertStep = (typeof alertSteps)[number];

/** Every address of the client. */
export type Route =
  | { name: 'home' }
  | { name: 'found' }
  | { name: 'join'; code: string }
  | { name: 'link'; code: string }
  | { name: 'me' }
  /** Of me: which devices get alerts; by what I am told beside push. */
  | { name: 'platform' }
  | { name: 'ways' }
  /** Stops the messages to one address. */
  | { name: 'stop'; code: string }
  | { name: 'neighbourhood'; neighbourhoodId: Id }
  | { name: 'incident'; neighbourhoodId: Id; incidentId: Id }
  | { name: 'alert'; neighbourhoodId: Id; step: AlertStep }
  | { name: 'sending'; neighbourhoodId: Id; key: string }
  | { name: 'neighbours'; neighbourhoodId: Id }
  | { name: 'drills'; neighbourhoodId: Id }
  | { name: 'drill'; neighbourhoodId: Id; drillId: Id }
  | { name: 'decisions'; neighbourhoodId: Id }
  | { name: 'sos'; neighbourhoodId: Id }
  | { name: 'notifications'; neighbourhoodId: Id }
  | { name: 'digest'; neighbourhoodId: Id }
  | { name: 'walk'; neighbourhoodId: Id }
  | { name: 'patrols'; neighbourhoodId: Id }
  | { name: 'consent'; neighbourhoodId: Id }
  | { name: 'shift'; neighbourhoodId: Id; shiftId: Id }
  /** Planned anew, or changed: this one or its whole series. */
  | { name: 'plan'; neighbourhoodId: Id; shiftId: Id | null; seriesId: Id | null }
  | { name: 'rounds'; neighbourhoodId: Id }
  /** One round: while it runs, and what it saw. */
  | { name: 'round'; neighbourhoodId: Id; patrolId: Id }
  | { name: 'search'; neighbourhoodId: Id; searchId: Id }
  | { name: 'summary'; neighbourhoodId: Id }
  /** Neighbours without a phone. */
  | { name: 'pairings'; neighbourhoodId: Id }
  /** `partner`: a first phone's code, `<patrol id>.<six digits>`; `checkpoint`: what hangs on the way. */
  | { name: 'patrol'; neighbourhoodId: Id; partner: string | null; checkpoint: string | null }
  | { name: 'checkpoints'; neighbourhoodId: Id }
  | { name: 'unknown' };

const id = /^[\w-]{16,64}$/u;

/** Reads an address such as `/n/<id>/alert?step=where`; what no screen answers to is `unknown`. */
export function routeOf(path: string, query: Readonly<Partial<Record<string, string>>>): Route {
  const [first, second, third, fourth, ...rest] = path.split('/').filter((part) => part !== '');
  if (rest.length > 0) return { name: 'unknown' };
  if (first === undefined) return { name: 'home' };
  if (second === undefined) {
    if (first === 'found' || first === 'me') return { name: first };
    return { name: 'unknown' };
  }
  if (first === 'me' && third === undefined) {
    if (second === 'phone') return { name: 'platform' };
    return { name: second === 'ways' ? 'ways' : 'unknown' };
  }
  if ((first === 'join' || first === 'link' || first === 'stop') && third === undefined)
    return { name: first, code: second };
  if (first !== 'n' || !id.test(second)) return { name: 'unknown' };
  const neighbourhoodId = second;
  if (third === undefined) return { name: 'neighbourhood', neighbourhoodId };
  if (third === 'incidents' && fourth !== undefined && id.test(fourth)) {
    return { name: 'incident', neighbourhoodId, incidentId: fourth };
  }
  if (third === 'patrols' && fourth !== undefined && id.test(fourth)) {
    return { name: 'round', neighbourhoodId, patrolId: fourth };
  }
  if (third === 'searches' && fourth !== undefined && id.test(fourth)) {
    return { name: 'search', neighbourhoodId, searchId: fourth };
  }
  if (third === 'drills' && fourth !== undefined && id.test(fourth)) {
    return { name: 'drill', neighbourhoodId, drillId: fourth };
  }
  if (third === 'sending' && fourth !== undefined) return { name: 'sending', neighbourhoodId, key: fourth };
  if (third === 'shifts' && fourth !== undefined && id.test(fourth)) {
    return { name: 'shift', neighbourhoodId, shiftId: fourth };
  }
  if (third === 'patrols' && fourth === 'plan') {
    const idIn = (name: string) => (id.test(query[name] ?? '') ? (query[name] ?? null) : null);
    return { name: 'plan', neighbourhoodId, shiftId: idIn('shift'), seriesId: idIn('series') };
  }
  if (third === 'patrols' && fourth === 'past') return { name: 'rounds', neighbourhoodId };
  if (third === 'patrols' && fourth === 'agree') return { name: 'consent', neighbourhoodId };
  // Of one that I was asked about, too: they are few.
  if (third === 'pairings' && id.test(fourth ?? second)) return { name: 'pairings', neighbourhoodId };
  if (fourth !== undefined) return { name: 'unknown' };
  if (third === 'patrols') return { name: 'patrols', neighbourhoodId };
  if (third === 'neighbours' || third === 'decisions') return { name: third, neighbourhoodId };
  if (third === 'summary' || third === 'drills') return { name: third, neighbourhoodId };
  if (third === 'sos' || third === 'walk') return { name: third, neighbourhoodId };
  if (third === 'notifications' || third === 'digest') return { name: third, neighbourhoodId };
  if (third === 'checkpoints') return { name: third, neighbourhoodId };
  if (third === 'patrol') {
    const { partner = null, checkpoint = null } = query;
    return { name: third, neighbourhoodId, partner, checkpoint };
  }
  if (third === 'alert') {
    const step = alertSteps.find((name) => name === query['step']) ?? 'what';
    return { name: 'alert', neighbourhoodId, step };
  }
  return { name: 'unknown' };
}

/** The addresses of the screens. */
export const paths = {
  home: '/',
  found: '/found',
  me: '/me',
  platform: '/me/phone',
  ways: '/me/ways',
  join: (code: string) => `/join/${code}`,
  link: (code: string) => `/link/${code}`,
  neighbourhood: (n: Id) => `/n/${n}`,
  incident: (n: Id, incidentId: Id) => `/n/${n}/incidents/${incidentId}`,
  alert: (n: Id, step: AlertStep = 'what') => `/n/${n}/alert${step === 'what' ? '' : `?step=${step}`}`,
  sending: (n: Id, key: string) => `/n/${n}/sending/${key}`,
  neighbours: (n: Id) => `/n/${n}/neighbours`,
  drills: (n: Id) => `/n/${n}/drills`,
  drill: (n: Id, drillId: Id) => `/n/${n}/drills/${drillId}`,
  decisions: (n: Id) => `/n/${n}/decisions`,
  sos: (n: Id) => `/n/${n}/sos`,
  notifications: (n: Id) => `/n/${n}/notifications`,
  digest: (n: Id) => `/n/${n}/digest`,
  walk: (n: Id) => `/n/${n}/walk`,
  patrols: (n: Id) => `/n/${n}/patrols`,
  consent: (n: Id) => `/n/${n}/patrols/agree`,
  shift: (n: Id, shiftId: Id) => `/n/${n}/shifts/${shiftId}`,
  plan: (n: Id, what: { shift?: Id; series?: Id } = {}) => {
    const [name, of] = Object.entries(what)[0] ?? [];
    return `/n/${n}/patrols/plan${name === undefined ? '' : `?${name}=${of}`}`;
  },
  rounds: (n: Id) => `/n/${n}/patrols/past`,
  round: (n: Id, patrolId: Id) => `/n/${n}/patrols/${patrolId}`,
  search: (n: Id, searchId: Id) => `/n/${n}/searches/${searchId}`,
  summary: (n: Id) => `/n/${n}/summary`,
  pairings: (n: Id) => `/n/${n}/pairings`,
  patrol: (n: Id) => `/n/${n}/patrol`,
  partner: (n: Id, patrolId: Id, code: string) => `/n/${n}/patrol?partner=${patrolId}.${code}`,
  checkpoint: (n: Id, code: string) => `/n/${n}/patrol?checkpoint=${code}`,
  checkpoints: (n: Id) => `/n/${n}/checkpoints`,
};

/**
 * Where what a person pasted leads: an invite's whole link, its code alone, or a link from another device of theirs, which
 * an app on an iPhone's Home Screen has no other way to open. Null where it is neither.
 */
export function pathInLink(text: string): string | null {
  const [, kind, code] = /(?:^|\/(join|link)\/)([\w-]{16}\.[\w-]{22})\/?$/u.exec(text.trim()) ?? [];
  if (code === undefined) return null;
  return kind === 'link' ? paths.link(code) : paths.join(code);
}
