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

/**
 * A parameter as `helm --set` reads it: `image.tag=1.2`, `hosts[0].name=x`, `\\.` for a dot in a key. Whole numbers, booleans and
 * null are typed unless `asString`. Answers `undefined` for a name that cannot be understood.
 */
export function parameterValues(name: string, text: string, asString: boolean): Values | undefined {
  const steps = parameterSteps(name);
  if (steps === undefined) return undefined;
  return steps.reduceRight<unknown>(
    (inner, step) => {
      if (typeof step === 'string') return Object.fromEntries([[step, inner]]);
      const list: unknown[] = Array.from({ length: step + 1 }, () => null);
      list[step] = inner;
      return list;
    },
    typed(text, asString),
  ) as Values;
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

function typed(text: string, asString: boolean): unknown {
  if (asString) return text;
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  return /^-?(?:0|[1-9]\d{0,15})$/.test(text) ? Number(text) : text;
}
