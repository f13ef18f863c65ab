import type { Page } from '../text/page.ts';
import type { Tone } from '../text/style.ts';
import { visible } from '../text/visible.ts';
import { displayWidth } from '../text/width.ts';

/** Severity or outcome in a column of its own, then what it is about; on a narrow terminal one below the other. */
export function titleLines(page: Page, tone: Tone, label: string, name: string, detail: string): string[] {
  const [strong, quiet] = [visible(name), visible(detail)];
  if (12 + displayWidth(strong) + 2 + displayWidth(quiet) > page.width) {
    return [`  ${page.paint(tone, label)}`, ...page.text(2, `${strong} ${quiet}`, 'strong')];
  }
  const gap = ' '.repeat(10 - label.length);
  return [`  ${page.paint(tone, label)}${gap}${page.paint('strong', strong)}  ${quiet}`];
}

/** What mends it, where that is known. */
export function fixLines(page: Page, indent: number, remediation: string | undefined): string[] {
  return remediation === undefined ? [] : page.labelled(indent, 'Fix', remediation, 'pass');
}
