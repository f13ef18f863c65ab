import type { z } from 'zod';
import { isMapping } from '../../model/cursor.ts';
import type { Pointer } from '../../model/origin.ts';
import { knownKeys, type JsonSchema } from './json-schema.ts';
import { didYouMean } from './suggest.ts';

/** One thing wrong in a file of ours: where, and what was expected. */
export interface SpecMistake {
  readonly pointer: Pointer;
  readonly message: string;
}

type Issue = z.core.$ZodIssue;

/** Turns a schema's issues into sentences, with the key or value that was probably meant. */
export function mistakesOf(issues: readonly Issue[], document: unknown, schema: JsonSchema): SpecMistake[] {
  return issues.flatMap((issue) => mistakesOfIssue(issue, [], document, schema));
}

function mistakesOfIssue(issue: Issue, above: Pointer, document: unknown, schema: JsonSchema): SpecMistake[] {
  const pointer = [...above, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  const found = valueAt(document, pointer);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        pointer: [...pointer, key],
        message: `unknown key ${show(key)}${suggestKey(key, knownKeys(schema, pointer))}`,
      }));
    case 'invalid_union':
      return unionMistakes(issue.errors, pointer, document, schema);
    case 'invalid_key':
    case 'invalid_element':
      return issue.issues.map((inner) => ({ pointer, message: expectation(inner, found) }));
    default:
      return [{ pointer, message: expectation(issue, found) }];
  }
}

/** Of several alternatives the one that got furthest is what was meant; alternatives that failed at once are named together. */
function unionMistakes(
  branches: readonly (readonly Issue[])[],
  pointer: Pointer,
  document: unknown,
  schema: JsonSchema,
): SpecMistake[] {
  const deepest = branches.find((issues) => issues.some((issue) => issue.path.length > 0));
  if (deepest !== undefined) return deepest.flatMap((issue) => mistakesOfIssue(issue, pointer, document, schema));
  const found = valueAt(document, pointer);
  const expected = branches.flatMap((issues) => issues.slice(0, 1).map((issue) => expectationOnly(issue)));
  return [{ pointer, message: `expected ${[...new Set(expected)].join(' or ')}, found ${show(found)}` }];
}

function expectation(issue: Issue, found: unknown): string {
  if (found === undefined) return `missing, expected ${expectationOnly(issue)}`;
  const meant = issue.code === 'invalid_value' ? didYouMean(found, issue.values.map(String)) : '';
  return `expected ${expectationOnly(issue)}, found ${show(found)}${meant}`;
}

function expectationOnly(issue: Issue): string {
  const own = ownWords(issue.message);
  if (own !== undefined) return own;
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${UNITS[issue.origin] ?? ''}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${UNITS[issue.origin] ?? ''}`;
    case 'invalid_format':
      return formatWords(issue);
    default:
      return issue.message;
  }
}

/** The schemas' own messages say what is expected. */
function ownWords(message: string): string | undefined {
  return message.startsWith('expected ') ? message.slice('expected '.length) : undefined;
}

function formatWords(issue: Extract<Issue, { code: 'invalid_format' }>): string {
  if ('prefix' in issue) return `a text that starts with ${JSON.stringify(issue.prefix)}`;
  return FORMATS[issue.format] ?? `a valid ${issue.format}`;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

const UNITS: Readonly<Record<string, string>> = { string: ' characters', array: ' items', set: ' items' };

const FORMATS: Readonly<Record<string, string>> = {
  date: 'a date such as 2026-01-31',
  datetime: 'a time with its zone such as 2026-01-31T09:00:00Z',
  cidrv4: 'an IPv4 range such as 10.0.0.0/8',
  cidrv6: 'an IPv6 range such as fd00::/8',
  email: 'an e-mail address',
  url: 'a URL',
};

function suggestKey(key: string, known: readonly string[]): string {
  const meant = didYouMean(key, known);
  if (meant !== '' || known.length === 0) return meant;
  return `; expected one of ${[...known].sort().join(', ')}`;
}

function valueAt(document: unknown, pointer: Pointer): unknown {
  let value = document;
  for (const part of pointer) {
    if (Array.isArray(value)) value = (value as unknown[])[Number(part)];
    else if (isMapping(value) && Object.hasOwn(value, part)) value = value[String(part)];
    else return undefined;
  }
  return value;
}

function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isMapping(value)) return 'a mapping';
  if (value === null) return 'nothing';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
}
