import * as v from 'valibot';
import { PushTest } from '../../shared/push.ts';
import { Timestamp } from '../../shared/text.ts';
import type { Session } from '../auth/session.ts';
import type { Redis } from '../redis/client.ts';
import { personKeys } from '../redis/keys.ts';
import { asArray } from '../redis/reply.ts';

/** As long as a subscription is kept without a word of its device. */
const keptSeconds = 120 * 24 * 3600;

const StoredTest = v.omit(PushTest, ['arrivedAt']);
type StoredTest = v.InferOutput<typeof StoredTest>;
/** A test's own word that it came lies apart: it may be there before what the push service answered. */
const Came = v.object({ id: PushTest.entries.id, at: Timestamp });

/** The fields of one device, so that whoever removes it removes all. */
export const arrivalFields = (deviceId: string) =>
  [deviceId, `${deviceId} test`, `${deviceId} came`] as const;

const read = <Schema extends v.GenericSchema>(schema: Schema, stored: unknown) =>
  typeof stored === 'string' ? v.parse(schema, JSON.parse(stored)) : null;

/** Keeps when a push got to each device of a person, and how its last test went. @param now epoch milliseconds */
export function createDeviceStore(redis: Redis, now: () => number) {
  async function write({ personId }: Session, command: string, ...args: string[]): Promise<void> {
    const { pushArrivals: key } = personKeys(personId);
    await redis.send(key, command, key, ...args);
    await redis.send(key, 'EXPIRE', key, String(keptSeconds));
  }

  return {
    /** From now on pushes are expected. Does nothing where they were. */
    subscribed: (session: Session) => write(session, 'HSETNX', session.deviceId, String(now())),

    /** @param testId of the test that it was, where it was one */
    async arrived(session: Session, testId: string | undefined): Promise<void> {
      const [arrived, , came] = arrivalFields(session.deviceId);
      const of = testId === undefined ? [] : [came, JSON.stringify({ id: testId, at: now() })];
      await write(session, 'HSET', arrived, String(now()), ...of);
    },

    async putTest(session: Session, test: StoredTest): Promise<void> {
      const [, field] = arrivalFields(session.deviceId);
      await write(session, 'HSET', field, JSON.stringify(test));
    },

    async get({ personId, deviceId }: Session): Promise<{ arrivedAt: number | null; test: PushTest | null }> {
      const { pushArrivals: key } = personKeys(personId);
      const [arrived, tested, came] = asArray(
        await redis.send(key, 'HMGET', key, ...arrivalFields(deviceId)),
      );
      const test = read(StoredTest, tested);
      const last = read(Came, came);
      const arrivedAt = test !== null && last?.id === test.id ? last.at : null;
      return {
        arrivedAt: typeof arrived === 'string' ? Number(arrived) : null,
        test: test && { ...test, arrivedAt },
      };
    },
  };
}
