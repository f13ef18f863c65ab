import { isMapping } from '../../../model/cursor.ts';
import type { HclAttribute, HclBlock } from '../../../model/document.ts';
import { literalOf, type HclExpression } from '../../../model/hcl.ts';
import type { Origin, Pointer } from '../../../model/origin.ts';
import { parseJsonDocuments } from '../json.ts';
import type { HclFile } from '../stream.ts';
import { templateOf } from './expression.ts';
import { HclSyntaxError } from './scanner.ts';
import { offsetOf, placeText } from '../yaml-place.ts';
import { placesIn } from '../yaml-stream.ts';

/** How many labels a block of a type has; any other has none. */
const LABELS: Readonly<Record<string, number>> = {
  resource: 2,
  data: 2,
  ephemeral: 2,
  module: 1,
  provider: 1,
  variable: 1,
  output: 1,
  check: 1,
};

/** How many labels a block in one of `terraform`, or of any other type, has. A `backend` of other blocks is a block of its own kind. */
const NESTED_LABELS = {
  terraform: { backend: 1, provider_meta: 1 },
  other: { dynamic: 1, provisioner: 1 },
} as const satisfies Record<string, Readonly<Record<string, number>>>;

/** Keeps a file within what one file of the native syntax may hold. */
const MAX_CHARACTERS = 2 * 1024 * 1024;

interface Source {
  readonly module: string;
  readonly originOf: (pointer: Pointer) => Origin;
}

/**
 * Reads a `.tf.json` or `.tfvars.json` file into the blocks its native form would have. JSON does not tell a nested block from a map:
 * a member that is a mapping or a list of mappings is given both as an attribute and as blocks. Never throws.
 */
export function readHclJson(text: string, where: { path: string; module: string }): HclFile {
  if (text.length > MAX_CHARACTERS)
    return {
      blocks: [],
      problems: [{ message: `the file is longer than ${MAX_CHARACTERS} characters`, line: 1, column: 1 }],
    };
  const { documents, problems } = parseJsonDocuments(text);
  const value = documents[0]?.value;
  if (!isMapping(value)) return { blocks: [], problems };
  const source = { module: where.module, originOf: originsOf(text, where.path) };
  if (where.path.endsWith('.tfvars.json')) return { blocks: [block('', [], value, [], source)], problems };
  const blocks = Object.entries(value).flatMap(([type, member]) =>
    type === '//' ? [] : labelled({ type, labels: [], more: LABELS[type] ?? 0 }, member, [type], source),
  );
  return { blocks, problems };
}

interface Head {
  readonly type: string;
  readonly labels: readonly string[];
  /** Labels that are still to come. */
  readonly more: number;
}

/** Goes down the labels of a block type to its bodies; a list stands for several blocks of the same labels. */
function labelled(head: Head, value: unknown, at: Pointer, source: Source): HclBlock[] {
  if (Array.isArray(value))
    return value.flatMap((item: unknown, index) => labelled(head, item, [...at, index], source));
  if (!isMapping(value)) return [];
  if (head.more === 0) return [block(head.type, head.labels, value, at, source)];
  return Object.entries(value).flatMap(([label, member]) =>
    labelled({ ...head, labels: [...head.labels, label], more: head.more - 1 }, member, [...at, label], source),
  );
}

function block(
  type: string,
  labels: readonly string[],
  body: Readonly<Record<string, unknown>>,
  at: Pointer,
  source: Source,
): HclBlock {
  const members = Object.entries(body).filter(([key]) => key !== '//');
  const more: Readonly<Record<string, number>> = NESTED_LABELS[type === 'terraform' ? type : 'other'];
  return {
    type,
    labels,
    attributes: Object.fromEntries(members.map(([key, value]) => [key, attribute(value, [...at, key], source)])),
    blocks: members.flatMap(([key, value]) =>
      labelled({ type: key, labels: [], more: more[key] ?? 0 }, value, [...at, key], source),
    ),
    module: source.module,
    origin: source.originOf(at),
  };
}

function attribute(value: unknown, at: Pointer, source: Source): HclAttribute {
  const text = typeof value === 'string' && /^\$\{[^{}]*\}$/.test(value) ? value.slice(2, -1) : JSON.stringify(value);
  const expression = expressionOf(value);
  const literal = literalOf(expression);
  return {
    text,
    ...(literal === undefined ? {} : { literal: literal.value }),
    expression,
    origin: source.originOf(at),
  };
}

/** Strings are templates in this syntax; one that is none is taken as what it says. */
function expressionOf(value: unknown): HclExpression {
  if (Array.isArray(value)) return { kind: 'tuple', items: value.map(expressionOf) };
  if (isMapping(value))
    return {
      kind: 'object',
      items: Object.entries(value).map(([key, member]) => [expressionOf(key), expressionOf(member)]),
    };
  if (typeof value !== 'string') return { kind: 'literal', value: value as number | boolean | null };
  if (!/[$%]\{/.test(value)) return { kind: 'literal', value };
  try {
    return templateOf(value);
  } catch (error) {
    if (error instanceof HclSyntaxError) return { kind: 'name', name: 'a template with a syntax error' };
    throw error;
  }
}

function originsOf(text: string, path: string): (pointer: Pointer) => Origin {
  // JSON is YAML but for odd cases, which then have their places at the start of the file.
  const root = placeText(text);
  const place = placesIn(text);
  return (pointer) => ({ path, ...place(root === undefined ? 0 : offsetOf(root, pointer)) });
}
