import { z, type ZodType } from 'zod';
import { isMapping } from '../../model/cursor.ts';
import type { Pointer } from '../../model/origin.ts';

/** A JSON Schema, as far as it is walked here. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The JSON Schema of what a person writes: defaults are optional. */
export function inputSchema(schema: ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
}

/** The keys a schema knows at a place of the document. */
export function knownKeys(schema: JsonSchema, pointer: Pointer): string[] {
  let nodes = alternatives(schema, schema);
  for (const part of pointer) {
    nodes = nodes.flatMap((node) => below(node, part)).flatMap((node) => alternatives(node, schema));
  }
  return [...new Set(nodes.flatMap((node) => Object.keys(mapping(node['properties']))))];
}

function below(node: JsonSchema, part: string | number): JsonSchema[] {
  if (typeof part === 'number') return [mapping(node['items'])];
  const properties = mapping(node['properties']);
  return [mapping(Object.hasOwn(properties, part) ? properties[part] : node['additionalProperties'])];
}

/** A node and all that stands for it: `anyOf`, `oneOf`, `allOf` and `$ref`. */
function alternatives(node: JsonSchema, root: JsonSchema, depth = 0): JsonSchema[] {
  if (depth > 8) return [];
  const inner = ['anyOf', 'oneOf', 'allOf'].flatMap((key) =>
    Array.isArray(node[key]) ? (node[key] as unknown[]) : [],
  );
  const reference = typeof node['$ref'] === 'string' ? [referenced(node['$ref'], root)] : [];
  return [node, ...[...inner, ...reference].flatMap((next) => alternatives(mapping(next), root, depth + 1))];
}

function referenced(reference: string, root: JsonSchema): unknown {
  return reference
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .reduce<unknown>((node, part) => mapping(node)[part], root);
}

function mapping(value: unknown): JsonSchema {
  return isMapping(value) ? value : {};
}
