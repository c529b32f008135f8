import * as v from 'valibot';
import { Id, Locale, nameSchema, Timestamp } from './text.ts';

export const Role = v.picklist(['resident', 'volunteer', 'coordinator']);
export type Role = v.InferOutput<typeof Role>;

export const NeighbourhoodName = nameSchema(60);
export const MemberName = nameSchema(40);

const GeoJsonPosition = v.pipe(v.array(v.pipe(v.number(), v.finite())), v.minLength(2), v.maxLength(4));
const Ring = v.array(GeoJsonPosition);

/**
 * GeoJSON Polygon or MultiPolygon (RFC 7946) as it crosses the wire: this checks its form only.
 * `shared/geo/boundary.ts` decides whether it bounds a place.
 */
export const BoundaryGeometry = v.variant('type', [
  v.object({ type: v.literal('Polygon'), coordinates: v.array(Ring) }),
  v.object({ type: v.literal('MultiPolygon'), coordinates: v.array(v.array(Ring)) }),
]);
export type BoundaryGeometry = v.InferOutput<typeof BoundaryGeometry>;

/** IANA name, accepted only if this platform knows it. */
export const TimeZone = v.pipe(
  v.string(),
  v.maxLength(64),
  v.check((name) => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
    } catch {
      return false;
    }
  }, 'must be a time zone such as Europe/Paris'),
);

/** How long incidents are kept unless the coordinators say otherwise. */
export const defaultRetentionDays = 90;
export const RetentionDays = v.pipe(v.number(), v.integer(), v.minValue(7), v.maxValue(365));

export const Neighbourhood = v.object({
  id: Id,
  version: v.number(),
  name: v.string(),
  /** Simplified for display, at most 500 vertices; the server keeps the exact one for "inside". */
  boundary: BoundaryGeometry,
  locale: Locale,
  timeZone: v.string(),
  foundedAt: Timestamp,
  /** After so many days an incident's text, photos, place and names go for good. */
  retentionDays: v.optional(RetentionDays, defaultRetentionDays),
});
export type Neighbourhood = v.InferOutput<typeof Neighbourhood>;

export const Member = v.object({
  id: Id,
  version: v.number(),
  name: v.string(),
  role: Role,
  status: v.picklist(['active', 'removed']),
  joinedAt: Timestamp,
});
export type Member = v.InferOutput<typeof Member>;

/** What the log and the members may know of an invite: never its code. */
export const Invite = v.object({
  id: Id,
  version: v.number(),
  invitedBy: Id,
  createdAt: Timestamp,
  expiresAt: Timestamp,
  maxUses: v.number(),
  uses: v.number(),
  revoked: v.boolean(),
});
export type Invite = v.InferOutput<typeof Invite>;

export const FoundCommand = v.strictObject({
  name: NeighbourhoodName,
  boundary: BoundaryGeometry,
  memberName: MemberName,
  locale: v.optional(Locale),
  timeZone: v.optional(TimeZone),
});
export type FoundCommand = v.InferOutput<typeof FoundCommand>;

export const InviteCommand = v.strictObject({
  maxUses: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200)), 1),
  expiresInHours: v.optional(v.pipe(v.number(), v.minValue(0.01), v.maxValue(7 * 24)), 7 * 24),
});
export type InviteCommand = v.InferOutput<typeof InviteCommand>;

/** `<neighbourhoodId>.<secret>`: the first part finds the shard, only the second opens anything. */
export const InviteCode = v.pipe(v.string(), v.regex(/^[\w-]{16}\.[\w-]{22}$/u, 'must be an invite code'));

export const AcceptCommand = v.strictObject({ memberName: MemberName, locale: v.optional(Locale) });
export type AcceptCommand = v.InferOutput<typeof AcceptCommand>;

export const SettingsCommand = v.strictObject({ retentionDays: RetentionDays });
export type SettingsCommand = v.InferOutput<typeof SettingsCommand>;

export const RoleCommand = v.strictObject({ role: Role });

export const InviteCreated = v.object({ code: v.string(), url: v.string(), expiresAt: Timestamp });
export type InviteCreated = v.InferOutput<typeof InviteCreated>;
export const InvitePreview = v.object({ neighbourhoodName: v.string(), invitedByName: v.string() });
export type InvitePreview = v.InferOutput<typeof InvitePreview>;
export const Joined = v.object({ neighbourhood: Neighbourhood, member: Member });
export type Joined = v.InferOutput<typeof Joined>;
