import { isMapping } from '../../model/cursor.ts';

type Values = Record<string, unknown>;

/** Longest name of a parameter that is read. */
const MAX_NAME = 512;

/** Merges Helm values as Helm does: mappings key by key, everything else is replaced, `null` removes. */
export function mergeValues(under: Readonly<Values>, over: Readonly<Values>): Values {
  const merged: Values = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    const joined = isMapping(value) && isMapping(below) ? mergeValues(below, value) : value;
    Object.defineProperty(merged, key, { value: joined, enumerable: true, configurable: true, writable: true });
  }
  return merged;
}

/** A parameter of `helm --set`, or of `--set-string` when it is taken as text. */
export interface Parameter {
  readonly name: string;
  readonly text: string;
  readonly asString: boolean;
}

/**
 * The values with a parameter as `helm --set` adds it: `image.tag=1.2`, `hosts[0].name=x`, `\\.` for a dot in a key, `{a,b}` for a list.
 * Whole numbers, booleans and null are typed unless `asString`. An index changes an item of the list that the values or the files
 * `under` them hold; the chart's own list is not among those. Answers `undefined` for a name that cannot be understood.
 */
export function withParameter(
  values: Readonly<Values>,
  under: Readonly<Values>,
  parameter: Parameter,
): Values | undefined {
  const steps = parameterSteps(parameter.name);
  if (steps === undefined) return undefined;
  return setAt(values, under, steps, listOrScalar(parameter.text, parameter.asString)) as Values;
}

function setAt(into: unknown, under: unknown, [step, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (step === undefined) return value;
  if (typeof step === 'string') {
    const below = isMapping(under) && Object.hasOwn(under, step) ? under[step] : undefined;
    const mapping = isMapping(into) ? into : {};
    return { ...mapping, [step]: setAt(Object.hasOwn(mapping, step) ? mapping[step] : undefined, below, rest, value) };
  }
  const known: readonly unknown[] = [into, under].find((candidate) => Array.isArray(candidate)) ?? [];
  const list: unknown[] = Array.from({ length: Math.max(known.length, step + 1) }, (_, at) => known[at] ?? null);
  list[step] = setAt(list[step], undefined, rest, value);
  return list;
}

function parameterSteps(name: string): (string | number)[] | undefined {
  const steps: (string | number)[] = [];
  if (name.length > MAX_NAME) return undefined;
  for (const part of name.split(/(?<!\\)\./)) {
    const match = /^(?<key>.*?)(?<indexes>(?:\[\d{1,3}\])*)$/.exec(part)?.groups;
    const key = (match?.['key'] ?? '').replaceAll('\\.', '.');
    if (key === '') return undefined;
    steps.push(key, ...[...(match?.['indexes'] ?? '').matchAll(/\d+/g)].map((index) => Number(index[0])));
  }
  return steps;
}

function listOrScalar(text: string, asString: boolean): unknown {
  const items = /^\{(?<items>[^{}]*)\}$/.exec(text)?.groups?.['items'];
  return items === undefined ? typed(text, asString) : items.split(',').map((item) => typed(item, asString));
}

function typed(text: string, asString: boolean): unknown {
  if (asString) return text;
  if (/^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  if (/^null$/i.test(text)) return null;
  return /^-?(?:0|[1-9]\d{0,15})$/.test(text) ? Number(text) : text;
}
