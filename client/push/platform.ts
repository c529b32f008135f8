/** What alerts depend on: the kind of device and, where it matters, the browser. */
export const platforms = ['android', 'firefox', 'ios', 'desktop', 'none'] as const;
export type Platform = (typeof platforms)[number];

type Browser = { userAgent: string; maxTouchPoints: number };

/** Where the reader is now, as far as the browser tells. `none` is nobody's: no smartphone at all. */
export function platformOf({ userAgent, maxTouchPoints }: Browser): Exclude<Platform, 'none'> {
  // An iPad says that it is a Mac; no Mac has a touch screen.
  if (/iPhone|iPad|iPod/u.test(userAgent) || (/Macintosh/u.test(userAgent) && maxTouchPoints > 1))
    return 'ios';
  if (/Android/u.test(userAgent)) return /Firefox\//u.test(userAgent) ? 'firefox' : 'android';
  return 'desktop';
}

/** All of them, the reader's own first. */
export const inOrder = (own: Platform): Platform[] => [own, ...platforms.filter((other) => other !== own)];
