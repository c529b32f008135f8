const day = 24 * 3600 * 1000;

/** The ISO 8601 week of a moment, in UTC: `2026-W07`. Weeks are in order as texts are. */
export function weekOf(at: number): string {
  const date = new Date(at);
  const weekday = (date.getUTCDay() + 6) % 7;
  // A week belongs to the year of its Thursday.
  const thursday = new Date(at + (3 - weekday) * day);
  const year = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * day));
  return `${String(year).padStart(4, '0')}-W${String(week).padStart(2, '0')}`;
}
