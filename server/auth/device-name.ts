const browsers = [
  ['Edge', /\bEdgA?\//u],
  ['Samsung Internet', /\bSamsungBrowser\//u],
  ['Opera', /\bOPR\//u],
  ['Firefox', /\b(Firefox|FxiOS)\//u],
  ['Chrome', /\b(Chrome|CriOS|Chromium)\//u],
  ['Safari', /\bSafari\//u],
] as const;
const systems = [
  ['iPhone', /\biPhone\b/u],
  ['iPad', /\biPad\b/u],
  ['Android', /\bAndroid\b/u],
  ['Windows', /\bWindows\b/u],
  ['macOS', /\bMac OS X\b/u],
  ['Linux', /\bLinux\b/u],
] as const;

const first = (table: readonly (readonly [string, RegExp])[], text: string) =>
  table.find(([, pattern]) => pattern.test(text))?.[0];

/** A name by which somebody knows their device again: "Chrome, Android". Nothing finer is kept. */
export function deviceNameOf(userAgent: string | undefined): string {
  const agent = (userAgent ?? '').slice(0, 512);
  const parts = [first(browsers, agent), first(systems, agent)].filter((part) => part !== undefined);
  return parts.length === 0 ? '—' : parts.join(', ');
}
