/** Selectors over labels of which some may not be known: Kleene's three values as 0 (no), 1 (perhaps), 2 (yes), so AND is min and OR max. */
import { selects, type Selector } from '../../model/selector.ts';

export type Match = 0 | 1 | 2;

/** Labels as far as they are known. `complete` false: there may be others than these, of any key or of those of `otherKeys` alone. */
export interface KnownLabels {
  readonly labels: Readonly<Record<string, string>>;
  readonly complete: boolean;
  readonly otherKeys?: readonly string[];
}

export const EVERYTHING: Selector = { matchLabels: {}, matchExpressions: [] };

export function isEverything(selector: Selector | undefined): boolean {
  if (selector === undefined) return true;
  for (const _ in selector.matchLabels) return false;
  return selector.matchExpressions.length === 0;
}

/** Whether the object with these labels is selected. */
export function matches(selector: Selector | undefined, { labels, complete, otherKeys }: KnownLabels): Match {
  if (selector === undefined) return 2;
  if (complete) return selects(selector, labels) ? 2 : 0;
  const isOpen = (key: string): boolean =>
    !Object.hasOwn(labels, key) && (otherKeys === undefined || otherKeys.includes(key));
  let match: Match = 2;
  for (const key in selector.matchLabels) {
    if (isOpen(key)) match = 1;
    else if (labels[key] !== selector.matchLabels[key]) return 0;
  }
  for (const expression of selector.matchExpressions) {
    if (isOpen(expression.key)) match = 1;
    else if (!selects({ matchLabels: {}, matchExpressions: [expression] }, labels)) return 0;
  }
  return match;
}

export function both(a: Match, b: Match): Match {
  return a < b ? a : b;
}

export function either(a: Match, b: Match): Match {
  return a > b ? a : b;
}

/** `app=web,tier in (a, b)`, as kubectl writes selectors; `everything` for the empty one. */
export function selectorText(selector: Selector): string {
  const parts = Object.entries(selector.matchLabels).map(([key, value]) => `${key}=${value}`);
  for (const { key, operator, values } of selector.matchExpressions) {
    if (operator === 'Exists') parts.push(key);
    else if (operator === 'DoesNotExist') parts.push(`!${key}`);
    else parts.push(`${key} ${operator.toLowerCase()} (${values.join(', ')})`);
  }
  return parts.length === 0 ? 'everything' : parts.join(',');
}
