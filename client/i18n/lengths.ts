/** "120 m" or "1.4 km", as sure as a map is read. */
export function lengthText(metres: number, locale: string): string {
  const long = metres >= 995;
  const format = new Intl.NumberFormat(locale, {
    ...{ style: 'unit', unit: long ? 'kilometer' : 'meter', maximumFractionDigits: 1 },
  });
  return format.format(long ? metres / 1000 : Math.round(metres / 10) * 10);
}
