import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { eventually } from './eventually.ts';

type Focus = { name: string; lost: boolean; visible: boolean };

/** What has the focus: its name, whether the page has lost it, whether an eye can find it. */
export function focusOf(page: Page): Promise<Focus> {
  return page.evaluate(() => {
    const { activeElement } = document;
    if (!(activeElement instanceof HTMLElement) || activeElement === document.body) {
      return { name: '', lost: true, visible: false };
    }
    const labels = 'labels' in activeElement ? [...((activeElement as HTMLInputElement).labels ?? [])] : [];
    const name =
      activeElement.ariaLabel ??
      (labels.map(({ innerText }) => innerText).join(' ') ||
        activeElement.innerText ||
        activeElement.tagName);
    const faces = [
      activeElement,
      ...(activeElement.matches('input') ? [activeElement.nextElementSibling] : []),
    ];
    const visible = faces.some((face) => {
      if (face === null) return false;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(face);
      return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
    });
    return { name: name.replaceAll(/\s+/gu, ' ').trim(), lost: false, visible };
  });
}

/** Presses Tab until the focus is on what bears this name; on the way, every stop must be visible. */
export async function tabTo(page: Page, name: string | RegExp, key = 'Tab'): Promise<void> {
  const seen: string[] = [];
  for (let presses = 0; presses < 60; presses += 1) {
    const focus = await focusOf(page);
    if (typeof name === 'string' ? focus.name === name : name.test(focus.name)) return;
    await page.keyboard.press(key);
    const next = await focusOf(page);
    if (!next.lost) expect(next, `the focus after ${seen.at(-1)}`).toMatchObject({ visible: true });
    seen.push(next.name);
  }
  throw new Error(`Tab never came to ${String(name)}, but to: ${seen.join(' | ')}`);
}

export async function press(page: Page, name: string | RegExp, key = 'Enter'): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press(key);
}

/** After a change of screen the focus is on the new one. */
export async function notLost(page: Page, where: string): Promise<void> {
  await eventually(async () => !(await focusOf(page)).lost, { what: `the focus ${where}` });
}
