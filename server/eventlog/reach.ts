import type { Logger } from 'pino';
import type { Reach } from '../../shared/incidents.ts';
import { loadScript, type Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';

const measureScript = loadScript(new URL('./measure-reach.lua', import.meta.url));

/** How long it is kept which devices were told of an incident; the incident itself may be kept longer. */
export const reachSeconds = 30 * 24 * 3600;
const tellEveryMs = 1000;
/** What comes within this time is written together; whoever sent a receipt waits so long for its answer. */
const gatherMs = 100;
/** Devices in one command to Redis. */
const atOnce = 1000;

/** Fields of the reach hash, in the order in which `reachOf` reads them. */
export const reachFields = ['maps', 'phones', 'told', 'got', 'saw', 'toldAgain', 'gotAgain', 'sawAgain'];

/** The figures of a reach hash or message; what is missing is none. */
export function reachOf(numbers: readonly unknown[]): Reach {
  const at = (i: number) => Number(numbers[i] ?? 0);
  return {
    maps: at(0),
    phones: at(1),
    alert: { told: at(2), got: at(3), saw: at(4) },
    correction: { told: at(5), got: at(6), saw: at(7) },
  };
}

/** Whether it is about the alert or about what took it back. */
export type Of = 'alert' | 'correction';
/** `told` by us; `got` and `saw` by the device's own word. */
export type How = 'told' | 'got' | 'saw';

type Gathering = { key: string; devices: Set<string>; written: Promise<void> };

/**
 * Counts what alerts and corrections got to, outside the incident's version: five thousand receipts cost no conflict.
 * Devices are kept in sets, so that a repetition counts once; what comes within a tenth of a second is written in
 * one command, and the figures are told at most once a second an incident and process.
 */
export function createReach(redis: Redis, logger: Logger) {
  /** Incidents whose figures were told within the last second, and whether they have changed since. */
  const told = new Map<string, { again: boolean }>();
  const gathered = new Map<string, Gathering>();
  const counted = new Map<string, { count: number; written: Promise<void> }>();

  async function measure(neighbourhoodId: string, incidentId: string): Promise<void> {
    const keys = neighbourhoodKeys(neighbourhoodId);
    const sets = (['alert', 'correction'] as const).flatMap((of) =>
      (['told', 'got', 'saw'] as const).map((how) => keys.reached(incidentId, of, how)),
    );
    await redis.run(
      measureScript,
      [keys.reach(incidentId), keys.channel, ...sets],
      [incidentId, String(reachSeconds), ...reachFields],
    );
  }

  /** The figures have changed: tells them at once, or a second after the last time. */
  function changed(neighbourhoodId: string, incidentId: string): void {
    const key = `${neighbourhoodId} ${incidentId}`;
    const state = told.get(key);
    if (state !== undefined) {
      state.again = true;
      return;
    }
    const begun = { again: false };
    told.set(key, begun);
    measure(neighbourhoodId, incidentId)
      // A display, not a promise: whoever looks again sees the sum.
      .catch((error: unknown) => logger.debug({ err: error }, 'reach not told'))
      .finally(() => {
        setTimeout(() => {
          told.delete(key);
          if (begun.again) changed(neighbourhoodId, incidentId);
        }, tellEveryMs).unref();
      });
  }

  async function write({ key, devices }: Pick<Gathering, 'key' | 'devices'>): Promise<void> {
    const all = [...devices];
    const writes = [];
    for (let i = 0; i < all.length; i += atOnce) {
      writes.push(redis.send(key, 'SADD', key, ...all.slice(i, i + atOnce)));
    }
    writes.push(redis.send(key, 'EXPIRE', key, String(reachSeconds)));
    await Promise.all(writes);
  }

  function gather(key: string, deviceIds: Iterable<string>): Promise<void> {
    const known = gathered.get(key);
    if (known !== undefined) {
      for (const deviceId of deviceIds) known.devices.add(deviceId);
      return known.written;
    }
    const devices = new Set(deviceIds);
    // Each write to the disk holds up the reports behind it: five hundred receipts a second become ten writes.
    const written = new Promise<void>((resolve, reject) => {
      setTimeout(() => {
        gathered.delete(key);
        write({ key, devices }).then(resolve, reject);
      }, gatherMs);
    });
    gathered.set(key, { key, devices, written });
    return written;
  }

  function gatherCount(key: string, kind: string, count: number): Promise<void> {
    const known = counted.get(`${key} ${kind}`);
    if (known !== undefined) {
      known.count += count;
      return known.written;
    }
    const written = new Promise<void>((resolve, reject) => {
      setTimeout(() => {
        counted.delete(`${key} ${kind}`);
        Promise.all([
          redis.send(key, 'HINCRBY', key, kind, String(gathering.count)),
          redis.send(key, 'EXPIRE', key, String(reachSeconds)),
        ]).then(() => resolve(), reject);
      }, gatherMs);
    });
    const gathering = { count, written };
    counted.set(`${key} ${kind}`, gathering);
    return written;
  }

  return {
    changed,
    /** Notes devices. @throws AppError UNAVAILABLE */
    async add(
      neighbourhoodId: string,
      incidentId: string,
      { of, how }: { of: Of; how: How },
      deviceIds: Iterable<string>,
    ): Promise<void> {
      await gather(neighbourhoodKeys(neighbourhoodId).reached(incidentId, of, how), deviceIds);
      changed(neighbourhoodId, incidentId);
    },
    /**
     * Counts maps that showed an alert live, or phones whose push service accepted it.
     * @throws AppError UNAVAILABLE
     */
    async count(
      neighbourhoodId: string,
      incidentId: string,
      kind: 'maps' | 'phones',
      count: number,
    ): Promise<void> {
      await gatherCount(neighbourhoodKeys(neighbourhoodId).reach(incidentId), kind, count);
      changed(neighbourhoodId, incidentId);
    },
  };
}

export type ReachCounter = ReturnType<typeof createReach>;
