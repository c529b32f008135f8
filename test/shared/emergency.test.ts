import { describe, expect, it } from 'vitest';
import { countryOf } from '../../shared/countries.ts';
import { emergencyCountries, emergencyNumbers } from '../../shared/emergency.ts';

const at = (timeZone: string) => emergencyNumbers(countryOf(timeZone));

describe('the number to call', () => {
  it.each([
    ['Europe/Paris', '112', '17', '18', '15'],
    ['Indian/Reunion', '112', '17', '18', '15'],
    ['Europe/Monaco', '112', '17', '18', '18'],
    ['Europe/London', '999', '999', '999', '999'],
    ['GB', '999', '999', '999', '999'],
    ['America/New_York', '911', '911', '911', '911'],
    ['America/Indiana/Knox', '911', '911', '911', '911'],
    ['America/Toronto', '911', '911', '911', '911'],
    ['Europe/Berlin', '112', '110', '112', '112'],
    ['Europe/Zurich', '112', '117', '118', '144'],
    ['Europe/Vienna', '112', '133', '122', '144'],
    ['Europe/Madrid', '112', '112', '112', '112'],
    ['Europe/Rome', '112', '113', '115', '118'],
    ['Europe/Brussels', '112', '101', '112', '112'],
    ['Australia/Perth', '000', '000', '000', '000'],
    ['Pacific/Auckland', '111', '111', '111', '111'],
    ['Asia/Tokyo', '119', '110', '119', '119'],
    ['America/Sao_Paulo', '190', '190', '193', '192'],
    ['Asia/Seoul', '119', '112', '119', '119'],
    ['Asia/Shanghai', '110', '110', '119', '120'],
    ['Africa/Johannesburg', '112', '10111', '10177', '10177'],
    // names of before, which browsers still use
    ['Asia/Calcutta', '112', '112', '101', '108'],
    ['America/Buenos_Aires', '911', '911', '100', '107'],
    ['Europe/Kiev', '112', '102', '101', '103'],
    ['US/Eastern', '911', '911', '911', '911'],
    // nothing known
    ['UTC', '112', '112', '112', '112'],
    ['Nowhere/Else', '112', '112', '112', '112'],
  ])('[UI14] of %s is %s; police %s, fire %s, ambulance %s', (zone, general, police, fire, ambulance) => {
    expect(at(zone)).toEqual({ general, police, fire, ambulance });
  });

  it('[RA1] is known of the countries of the world’s time zones, each a number that can be dialled', () => {
    expect(emergencyCountries.length).toBeGreaterThan(180);
    expect(new Set(emergencyCountries).size).toBe(emergencyCountries.length);
    const named = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
    for (const country of emergencyCountries) {
      expect(named.of(country), country).toBeDefined();
      for (const number of Object.values(emergencyNumbers(country))) expect(number).toMatch(/^\d{2,5}$/u);
    }
  });

  it('[RA1] every time zone that this platform knows lies in a country, or in one whose numbers are not known', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    const lost = zones.filter((zone) => countryOf(zone) === null);
    const found = new Set(zones.map(countryOf));
    expect(lost.length).toBeLessThan(zones.length / 6);
    expect(lost.filter((zone) => zone.startsWith('Europe/'))).toEqual([]);
    // All but the parts of a country that have a code of their own and share another's zone.
    expect(emergencyCountries.filter((country) => !found.has(country))).toEqual([]);
  });
});
