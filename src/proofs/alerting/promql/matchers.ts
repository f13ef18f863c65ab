import type { Matcher, Selector } from './ast.ts';
import { matchesEmpty } from './convert-selector.ts';
import { nameOf } from './needs.ts';
import { anchored } from './regex.ts';

/** Two matchers of one selector that no series satisfies together, in words. */
export function contradiction({ matchers }: Selector): string | undefined {
  const known = matchers.filter(({ templated }) => !templated);
  for (const [index, one] of known.entries())
    for (const other of known.slice(index + 1))
      if (one.label === other.label && excludes(one, other))
        return `no series satisfies both ${text(one)} and ${text(other)}`;
  return undefined;
}

function text({ label, op, value }: Matcher): string {
  return `${label}${op}${JSON.stringify(value)}`;
}

function excludes(one: Matcher, other: Matcher): boolean {
  const values = alternatives(one) ?? alternatives(other);
  if (values !== undefined)
    return !values.some((value) => accepts(one, value) !== false && accepts(other, value) !== false);
  return one.value === other.value && one.op !== other.op && /~/.test(one.op) && /~/.test(other.op);
}

/** The few values that a matcher lets through, where they are few: `a`, or `a|b|c`. */
export function alternatives({ op, value }: Matcher): readonly string[] | undefined {
  if (op === '=') return [value];
  if (op !== '=~' || !/^[\w|/:-]*$/.test(value.replace(/^\((.*)\)$/, '$1'))) return undefined;
  return value.replace(/^\((.*)\)$/, '$1').split('|');
}

/** Whether a value satisfies the matcher; `undefined` where its pattern cannot be evaluated here. */
export function accepts({ op, value }: Matcher, candidate: string): boolean | undefined {
  if (op === '=') return candidate === value;
  if (op === '!=') return candidate !== value;
  const matched = anchored(value)?.test(candidate);
  if (matched === undefined) return undefined;
  return op === '=~' ? matched : !matched;
}

/** Whether every series of the first selector is surely one of the second: the same name, and all its matchers implied. */
export function within(narrow: Selector, wide: Selector): boolean {
  const name = nameOf(narrow);
  if (name === undefined || name !== nameOf(wide) || wide.open) return false;
  return (
    wide.matchers.every((wanted) =>
      wanted.label === '__name__' ? true : narrow.matchers.some((given) => implies(given, wanted)),
    ) && sameTime(narrow, wide)
  );
}

function sameTime(one: Selector, other: Selector): boolean {
  return one.offset?.text === other.offset?.text && one.at === other.at && one.range?.text === other.range?.text;
}

function implies(given: Matcher, wanted: Matcher): boolean {
  if (given.label !== wanted.label) return false;
  if (given.op === wanted.op && given.value === wanted.value) return true;
  if (given.templated || wanted.templated) return false;
  const values = alternatives(given);
  if (values !== undefined) return values.every((value) => accepts(wanted, value) === true);
  return wanted.op === '!=' && wanted.value === '' && !matchesEmpty(given);
}
