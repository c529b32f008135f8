import { createHash } from 'node:crypto';

/**
 * Every Redis key of the product. All keys that one commit touches carry the same hash tag, so that they share a
 * slot of a Redis Cluster:
 *
 *   {pNN}:n:<neighbourhoodId>:…  NN = hash of the neighbourhood's id over 64 partitions
 *   {pNN}:u:<personId>:…         NN = hash of the person's id
 *   {pNN}:e:<endpoint hash>      NN = hash of the endpoint
 *   {pNN}:outbox, timers, …      one a partition
 */
export const partitions = 64;

/** FNV-1a, 32 bits: spreads ids evenly and never changes, since data lies under its result. */
export function partitionOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193) >>> 0;
  return hash % partitions;
}

function tag(partition: number): string {
  return `{p${String(partition).padStart(2, '0')}}`;
}

/** Keeps what was made for the ids asked for last: a command asks several times for the same. */
function remembered<Keys>(make: (id: string) => Keys): (id: string) => Keys {
  const known = new Map<string, Keys>();
  return (id) => {
    const keys = known.get(id) ?? make(id);
    if (known.size >= 2000) known.clear();
    known.set(id, keys);
    return keys;
  };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

/** Keys of one partition, shared by all neighbourhoods and persons that fall into it. */
export function partitionKeys(partition: number) {
  const prefix = tag(partition);
  return {
    /** stream: pointers to log entries, for the consumer groups `push`, … */
    outbox: `${prefix}:outbox`,
    /** channel: the outbox has something */
    outboxChannel: `${prefix}:outbox:nudge`,
    /** zset: `<kind>:<neighbourhood id>` or `<kind>:<neighbourhood id>:<subject>` → due time */
    timers: `${prefix}:timers`,
    /** stream: sessions and memberships that ended, followed by every process */
    revocations: `${prefix}:revocations`,
    /** zset: neighbourhood, seq, device and attempt → when this push is due */
    pushDue: `${prefix}:push:due`,
  };
}

/** Keys of one neighbourhood. Hashes named "x by y" hold field y → `<version>|<json>` or a plain value. */
export const neighbourhoodKeys = remembered((id: string) => {
  const partition = partitionOf(id);
  const prefix = `${tag(partition)}:n:${id}`;
  return {
    ...partitionKeys(partition),
    partition,
    /** the names of all keys of the neighbourhood, as SCAN looks for them */
    all: `${prefix}:*`,
    /** stream: the event log, ids 0-1, 0-2, … */
    log: `${prefix}:log`,
    /** stream: the log without what was erased, while it is being made */
    logCopy: (id: string) => `${prefix}:log:copy:${id}`,
    /** sharded channel: each entry as it is committed, and reach counters */
    channel: `${prefix}:live`,
    /** hash: epoch; neighbourhood → entity; coordinators → entity; replaced: how often the log was */
    meta: `${prefix}:meta`,
    /** string: the exact boundary */
    boundary: `${prefix}:boundary`,
    /** hash: member id → entity */
    members: `${prefix}:members`,
    /** zset: member id → when joined */
    memberOrder: `${prefix}:members:order`,
    /** zset: id of a member who left → when; retention takes their name */
    membersLeft: `${prefix}:members:left`,
    /** hash: member id → entity: what they bring to patrols and can do */
    kits: `${prefix}:members:kits`,
    /** hash: member id → id of who invited them, '' for the founder; members do not see it */
    inviters: `${prefix}:members:inviters`,
    /** hash: `<member id>:resolved`, `<member id>:refuted` → how many of their reports ended so */
    reportOutcomes: `${prefix}:members:outcomes`,
    /** hash: invite id → entity with the hash of its secret */
    invites: `${prefix}:invites`,
    /** zset: invite id → when it expires */
    inviteExpiry: `${prefix}:invites:expiry`,
    /** hash: incident id → entity */
    incidents: `${prefix}:incidents`,
    /** hash: `<week>:<category>:<outcome>` → how many incidents of that week were forgotten; no person, no place */
    weeks: `${prefix}:incidents:weeks`,
    /** hash: incident id → member id of who reported it, also where neighbours do not see it */
    incidentAuthors: `${prefix}:incidents:authors`,
    /** hash: member id → entity: how the alerts of a member ended; nobody reads it but they, in their export */
    memberRecord: `${prefix}:members:record`,
    /** zset: incident id → when it happened */
    incidentTimes: `${prefix}:incidents:times`,
    /** zset: open incident id → when it happened */
    incidentOpen: `${prefix}:incidents:open`,
    /** geo: incident id → place */
    incidentPlaces: `${prefix}:incidents:places`,
    /** zset: incident id → when a retention of 90 days forgets it */
    incidentExpiry: `${prefix}:incidents:expiry`,
    /** hash: `handling`, `salt`, `response:<member id>`, `confirmation:<member id>`, `duplicates`, `weighed` → entity */
    incidentLife: (incidentId: string) => `${prefix}:incident:${incidentId}:life`,
    /** hash: update id → entity */
    incidentUpdates: (incidentId: string) => `${prefix}:incident:${incidentId}:updates`,
    /** hash: member id → what of it they want pushed, where they chose; expires after the longest retention */
    incidentFollowing: (incidentId: string) => `${prefix}:incident:${incidentId}:following`,
    /** set: keys of the receipts that repeat what was said of the incident */
    incidentReceipts: (incidentId: string) => `${prefix}:incident:${incidentId}:receipts`,
    /** list: each change of the incident, oldest first */
    incidentHistory: (incidentId: string) => `${prefix}:incident:${incidentId}:history`,
    /** hash: `last` → what the member reported; expires within two minutes */
    lastReport: (memberId: string) => `${prefix}:last-report:${memberId}`,
    /** hash: review id → entity, with what nobody but the server knows of it */
    reviews: `${prefix}:reviews`,
    /** zset: review id → when it was first flagged */
    reviewOrder: `${prefix}:reviews:order`,
    /** zset: id of a review that somebody is asked about, or may appeal → until when */
    reviewDue: `${prefix}:reviews:due`,
    /** string: an incident's words and photos while some of them are hidden */
    incidentContent: (incidentId: string) => `${prefix}:incident:${incidentId}:content`,
    /** set: `<photo id>` of each that is hidden, `<photo id> <member id>` of who may look all the same */
    photosHidden: `${prefix}:photos:hidden`,
    /** hash: incident id → entity: whose SOS it is and who sees where they are; `of:<member id>` → their last one */
    sos: `${prefix}:sos`,
    /** hash: member id → entity: whom they share an SOS with, and their codes' hashes */
    sosSettings: `${prefix}:sos:settings`,
    /** hash: member id → entity: their way home */
    walks: `${prefix}:walks`,
    /** hash: patrol id → entity; never where its walkers are */
    patrols: `${prefix}:patrols`,
    /** zset: patrol id → when it started */
    patrolTimes: `${prefix}:patrols:times`,
    /** zset: id of a patrol that gathers or runs → when it started */
    patrolsOpen: `${prefix}:patrols:open`,
    /** hash: member id → entity: the patrol that they walk, or gather for; not there while they walk none */
    patrolOf: `${prefix}:patrols:of`,
    /** zset: id of a member who walked a patrol → when they last came along */
    patrolWalked: `${prefix}:patrols:walked`,
    /** string: when a position of the patrol's walkers last came, never which; expires */
    patrolHeard: (patrolId: string) => `${prefix}:patrol:${patrolId}:heard`,
    /** hash: checkpoint id → entity: those that the round reached; `count` → how many; gone with its end */
    patrolVisits: (patrolId: string) => `${prefix}:patrol:${patrolId}:visits`,
    /** hash: member id → entity: whom they are not shown to; nobody else reads it */
    patrolBlocking: `${prefix}:patrols:blocking`,
    /** hash: checkpoint id → entity */
    checkpoints: `${prefix}:checkpoints`,
    /** string: the secret that signs partner codes and checkpoints; never leaves the server */
    patrolSecret: `${prefix}:patrols:secret`,
    /** hash: member id → entity: their word on whether there are patrols here */
    patrolWords: `${prefix}:patrols:words`,
    /** hash: shift id → entity, with who signed up */
    shifts: `${prefix}:shifts`,
    /** zset: shift id → when it starts */
    shiftTimes: `${prefix}:shifts:times`,
    /** hash: series id → entity */
    shiftSeries: `${prefix}:shifts:series`,
    /** zset: id of a shift of this series → when it starts */
    seriesShifts: (seriesId: string) => `${prefix}:shifts:series:${seriesId}`,
    /** hash: member id → entity: the shifts they are signed up for, so that two never lie at once */
    commitments: `${prefix}:shifts:commitments`,
    /** hash: member id → milliseconds of the shifts that they served */
    hoursServed: `${prefix}:shifts:served`,
    /** hash: swap id → entity: a place on a shift that is offered */
    swaps: `${prefix}:shifts:swaps`,
    /** hash: cover id → entity: one a shift and member who cannot come */
    covers: `${prefix}:shifts:covers`,
    /** hash: member id → when they were last asked to come in somebody's place */
    coverAsked: `${prefix}:shifts:covers:asked`,
    /** hash: which calendar of which member → whose it is, with the hash of its link's secret */
    calendars: `${prefix}:calendars`,
    /** hash: check-in id → entity: one a walker and round */
    checkIns: `${prefix}:check-ins`,
    /** zset: check-in id → since when */
    checkInTimes: `${prefix}:check-ins:times`,
    /** hash: search id → entity */
    searches: `${prefix}:searches`,
    /** zset: search id → when it began */
    searchTimes: `${prefix}:searches:times`,
    /** zset: id of a search that goes on → when it began */
    searchesOpen: `${prefix}:searches:open`,
    /** hash: patrol id → entity: what the round saw */
    patrolReports: `${prefix}:patrols:reports`,
    /** zset: patrol id → when its report was written */
    reportTimes: `${prefix}:patrols:reports:times`,
    /** hash: `<month or week>:<what>` → a number, of nobody */
    counts: `${prefix}:counts`,
    /** hash: `all` → entity: neighbours without a phone by name, and who tells them; no member's device reads it */
    pairings: `${prefix}:pairings`,
    /** hash: relay id → entity: one an incident and neighbour without a phone */
    relays: `${prefix}:relays`,
    /** zset: relay id → when it began */
    relayTimes: `${prefix}:relays:times`,
    /** hash: search id → entity: from whom it is hidden that it goes on */
    searchesHidden: `${prefix}:searches:hidden`,
    /** hash: how far an alert and its correction got, in numbers */
    reach: (incidentId: string) => `${prefix}:reach:${incidentId}`,
    /** hash: photo id → what is known of it; its pixels are files */
    photos: `${prefix}:photos`,
    /** set: devices that were told of the alert or of its correction, that got it, or that showed it to somebody */
    reached: (incidentId: string, of: 'alert' | 'correction', how: 'told' | 'got' | 'saw') =>
      `${prefix}:reach:${incidentId}:${of}:${how}`,
    /** zset: device whose push service accepted an alert of this incident → how many were before it */
    phonesTold: (incidentId: string) => `${prefix}:reach:${incidentId}:phones`,
    /** set: devices to which an alert was sent that may have arrived though nobody said so */
    phonesTried: (incidentId: string) => `${prefix}:reach:${incidentId}:phones:tried`,
    /** hash: device → seq of the entry that tells it, where volunteers are told first */
    phonesByEntry: (incidentId: string) => `${prefix}:reach:${incidentId}:phones:entry`,
    /** string: start of the due pushes of the correction, for devices that are told while it goes out */
    phonesCorrected: (incidentId: string) => `${prefix}:reach:${incidentId}:phones:corrected`,
    /** hash: what a command answered, for its repetition */
    receipt: (scope: string, key: string) => `${prefix}:receipt:${scope}:${key}`,
    /** hash: device id → push subscription with its person and member; holds while both exist, asked at each sending */
    subscriptions: `${prefix}:subscriptions`,
    /** zset, all scores 0: device ids in order, for paging through a fan-out */
    subscriptionOrder: `${prefix}:subscriptions:order`,
    /** zset, all scores 0: `<member id> <device id> <host>`, for telling a few members */
    subscriptionMembers: `${prefix}:subscriptions:members`,
    /** hash: member id → entity: how they want to be told, with their places; nobody else reads it */
    preferences: `${prefix}:preferences`,
    /** zset: member id → which change of all members' preferences was the last of theirs */
    preferenceChanges: `${prefix}:preferences:changes`,
    /** hash: `changes`, `digests` → how many there were */
    preferenceCounts: `${prefix}:preferences:counts`,
    /** zset: id of an incident that did not disturb the member → since when it waits for their digest */
    heldBack: (memberId: string) => `${prefix}:held:${memberId}`,
    /** zset: member id → when their digest is due */
    digestsDue: `${prefix}:digests:due`,
    /** string: what a member's last digest told of, and when; expires */
    digest: (memberId: string) => `${prefix}:digest:${memberId}`,
    /** hash: member id → of how much this round of digests tells them; expires */
    digestRound: (round: number) => `${prefix}:digests:round:${round}`,
    /** hash: member id, or for those who chose nothing `*` and `*volunteers` → the day, what first folded and what disturbed them on it; expires */
    attention: `${prefix}:attention`,
    /** hash: drill id → entity; `newest`: when the newest began */
    drills: `${prefix}:drills`,
    /** zset: drill id → when it began */
    drillTimes: `${prefix}:drills:times`,
    /** zset, all scores 0: `<member id> <device id> <host>` of who was subscribed as the drill began */
    drillDevices: (drillId: string) => `${prefix}:drill:${drillId}:devices`,
    /** zset: device → until when its member is not to be disturbed by the drill; expires */
    drillWaiting: (drillId: string) => `${prefix}:drill:${drillId}:waiting`,
    /** string: how far a fan-out has got */
    pushProgress: (seq: number) => `${prefix}:push:progress:${seq}`,
  };
});

/** Keys of one person: never the neighbourhood's business. */
export const personKeys = remembered((id: string) => {
  const partition = partitionOf(id);
  const prefix = `${tag(partition)}:u:${id}`;
  return {
    ...partitionKeys(partition),
    partition,
    /** the names of all keys of the person, as SCAN looks for them */
    all: `${prefix}:*`,
    /** hash: locale, createdAt */
    person: `${prefix}:person`,
    /** hash: neighbourhood id → member id; the neighbourhood's own record decides whether it holds */
    memberships: `${prefix}:memberships`,
    /** hash: device id → device with the hash of its session's secret */
    devices: `${prefix}:devices`,
    /** string: tombstone of a device that was signed out */
    endedDevice: (deviceId: string) => `${prefix}:ended:${deviceId}`,
    /** string: a link for another device */
    link: (secretHash: string) => `${prefix}:link:${secretHash}`,
    /** string: the command that used the link */
    usedLink: (secretHash: string) => `${prefix}:link:${secretHash}:used`,
    /** hash: device id → push subscription, copied to each of the person's neighbourhoods */
    subscriptions: `${prefix}:subscriptions`,
    /** hash: device id → when a push came there last; `<device id> test` → the last test that was sent to it */
    pushArrivals: `${prefix}:push:arrivals`,
    /** hash: way id → entity: by what the person is told beside push */
    ways: `${prefix}:ways`,
    /** list: how the last attempts at a way went, newest first; expires */
    wayRuns: (wayId: string) => `${prefix}:way:${wayId}:runs`,
    receipt: (key: string) => `${prefix}:receipt:${key}`,
  };
});

/** Key that says whose push endpoint this is: the endpoint's first owner keeps it. */
export function endpointKey(endpoint: string): string {
  return `${tag(partitionOf(endpoint))}:e:${sha256(endpoint)}`;
}

/** Prefix of the rate limiter's counters; one slot each, since the counted name follows in braces. */
export const rateLimitPrefix = 'vigie:rate';
