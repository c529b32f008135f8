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

/** What is counted as figures, without saying whose. */
type Counts = { maps: number; phones: number };
/** An incident whose figures were told within the last second: what was counted since, and whether they changed. */
type Telling = { neighbourhoodId: string; incidentId: string; counts: Counts; again: boolean };

/**
 * Counts what alerts and corrections got to, outside the incident's version: five thousand receipts cost no conflict.
 * Devices are kept in sets, so that a repetition counts once; what comes within a tenth of a second is written in
 * one command, and the figures are told at most once a second an incident and process. What is counted without saying
 * whose waits for that: a display, not a promise.
 */
export function createReach(redis: Redis, logger: Logger) {
  const tellings = new Map<string, Telling>();
  const measuring = new Set<Promise<void>>();
  const gathered = new Map<string, Gathering>();

  async function measure({ neighbourhoodId, incidentId, counts }: Telling): Promise<void> {
    const keys = neighbourhoodKeys(neighbourhoodId);
    const sets = (['alert', 'correction'] as const).flatMap((of) =>
      (['told', 'got', 'saw'] as const).map((how) => keys.reached(incidentId, of, how)),
    );
    await redis.run(
      measureScript,
      [keys.reach(incidentId), keys.channel, ...sets],
      [incidentId, String(reachSeconds), String(counts.maps), String(counts.phones), ...reachFields],
    );
  }

  function tell(telling: Telling): void {
    const measured = measure(telling)
      .catch((error: unknown) => logger.debug({ err: error }, 'reach not told'))
      .finally(() => {
        measuring.delete(measured);
        setTimeout(() => {
          if (telling.again) tell(telling);
          else tellings.delete(keyOf(telling));
        }, tellEveryMs).unref();
      });
    measuring.add(measured);
    telling.counts = { maps: 0, phones: 0 };
    telling.again = false;
  }

  /**
   * The figures have changed: tells them at once, or a second after the last time.
   * @param counted maps that showed an alert live, or phones whose push service accepted it
   */
  function changed(neighbourhoodId: string, incidentId: string, counted: Partial<Counts> = {}): void {
    const about = { neighbourhoodId, incidentId };
    const known = tellings.get(keyOf(about));
    const telling = known ?? { ...about, counts: { maps: 0, phones: 0 }, again: false };
    telling.counts.maps += counted.maps ?? 0;
    telling.counts.phones += counted.phones ?? 0;
    telling.again = true;
    if (known !== undefined) return;
    tellings.set(keyOf(about), telling);
    tell(telling);
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

  return {
    changed,
    /** Notes devices, and what is counted besides. @throws AppError UNAVAILABLE */
    async add(
      neighbourhoodId: string,
      incidentId: string,
      { of, how }: { of: Of; how: How },
      deviceIds: Iterable<string>,
      counted: Partial<Counts> = {},
    ): Promise<void> {
      await gather(neighbourhoodKeys(neighbourhoodId).reached(incidentId, of, how), deviceIds);
      changed(neighbourhoodId, incidentId, counted);
    },
    /** Writes what is counted and not told yet. */
    async close(): Promise<void> {
      await Promise.allSettled(Array.from(gathered.values(), ({ written }) => written));
      for (const telling of tellings.values()) if (telling.again) tell(telling);
      await Promise.all(measuring);
    },
  };
}

const keyOf = ({ neighbourhoodId, incidentId }: Omit<Telling, 'counts' | 'again'>) =>
  `${neighbourhoodId} ${incidentId}`;

export type ReachCounter = ReturnType<typeof createReach>;
