import { describe, expect, it } from 'vitest';
import { phoneAt } from '../support/app.ts';
import { openMap } from '../support/device.ts';
import { eventually } from '../support/eventually.ts';
import { street } from '../support/phone.ts';
import { startProcess } from '../support/process.ts';

describe('stopping', () => {
  it('[JO6] ends by itself with maps open, and loses nothing', async () => {
    const server = await startProcess();
    const { id, founder } = await street(() => phoneAt(server.url), []);
    const map = openMap(server.url, founder, id);
    await eventually(() => map.state === 'live');
    const { incident } = await founder.report(id);
    // Exit code 1 would say that something hung and was cut off.
    expect(await server.interrupt()).toBe(0);
    await eventually(() => map.state === 'offline');
    await server.start();
    await eventually(() => map.state === 'live');
    await eventually(() => map.incidents().includes(incident.id));
    map.close();
    await server.stop();
  });
});
