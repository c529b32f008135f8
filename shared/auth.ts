import * as v from 'valibot';
import { Member } from './neighbourhoods.ts';
import { Id, nameSchema, Timestamp } from './text.ts';

export const Device = v.object({
  id: Id,
  /** Told by the browser when it signed in, such as "Chrome on Android"; only its owner sees it. */
  name: v.string(),
  createdAt: Timestamp,
  lastSeenAt: Timestamp,
  current: v.boolean(),
});
export type Device = v.InferOutput<typeof Device>;

export const Me = v.object({
  person: v.object({ id: Id, deviceId: Id }),
  memberships: v.array(v.object({ neighbourhood: v.object({ id: Id, name: v.string() }), member: Member })),
});
export type Me = v.InferOutput<typeof Me>;

/** `<personId>.<secret>`, single use, ten minutes. */
export const LinkCode = v.pipe(v.string(), v.regex(/^[\w-]{16}\.[\w-]{22}$/u, 'must be a link code'));
export const LinkCreated = v.object({ code: v.string(), url: v.string(), expiresAt: Timestamp });
export type LinkCreated = v.InferOutput<typeof LinkCreated>;
export const UseLinkCommand = v.strictObject({ deviceName: v.optional(nameSchema(60)) });
export const Devices = v.object({ devices: v.array(Device) });
