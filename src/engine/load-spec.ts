import type { ZodType } from 'zod';
import { LaunchgateError, type ErrorCode } from '../model/errors.ts';
import type { Pointer } from '../model/origin.ts';
import { specSchema, type Spec } from '../model/spec.ts';
import { locator } from './locate.ts';
import { parseYamlDocuments } from './read/yaml.ts';
import { excludedDeployables } from './spec/excluded.ts';
import { inputSchema } from './spec/json-schema.ts';
import { mistakesOf, type SpecMistake } from './spec/mistakes.ts';
import { checkReferences } from './spec/references.ts';

/** Most mistakes that are listed at once. */
const LISTED = 100;

/**
 * Reads a YAML file of ours against its schema.
 * Throws a LaunchgateError of the given code that lists every mistake as
 * `path:line:column: at services[0].routes[1].protocol: expected one of …, found "htp"; did you mean "http"?`.
 * `complete` adds what the file may leave out.
 */
export function parseWithSchema<T>(
  schema: ZodType<T>,
  text: string,
  path: string,
  code: ErrorCode = 'spec-invalid',
  complete: (document: unknown) => unknown = (document) => document,
): T {
  const document = complete(parseOne(text, path, code));
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw mistaken(mistakesOf(parsed.error.issues, document, inputSchema(schema)), text, path, code);
}

/** The spec of a `launchgate.yaml`, its references checked. `knownControls`: ids of the catalog; without them control ids are not judged. */
export function loadSpec(text: string, path: string, knownControls?: readonly string[]): Spec {
  const spec = parseWithSchema(specSchema, text, path);
  const mistakes = [...checkReferences(spec, knownControls), ...excludedDeployables(spec)];
  if (mistakes.length > 0) throw mistaken(mistakes, text, path, 'spec-invalid');
  return spec;
}

/** The file's only document; throws where it has a syntax error, none, or several. */
function parseOne(text: string, path: string, code: ErrorCode): unknown {
  const { documents, problems } = parseYamlDocuments(text, { dialect: 'yaml-1.2', path });
  if (problems.length > 0) {
    const lines = problems.map((problem) => `${path}:${problem.line}:${problem.column}: ${problem.message}`);
    throw errorOf(lines, path, code);
  }
  const [first, second] = documents;
  if (second !== undefined) throw errorOf([`${path}:${second.line}:1: a second document, expected one`], path, code);
  return first?.value ?? {};
}

/** One error for all mistakes of a file, each with its line, in the order of the file. */
export function mistaken(
  mistakes: readonly SpecMistake[],
  text: string,
  path: string,
  code: ErrorCode,
): LaunchgateError {
  const place = locator(text);
  const lines = mistakes
    .map((mistake) => ({ ...mistake, ...(place(0, mistake.pointer) ?? { line: 1, column: 1 }) }))
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .map(({ pointer, message, line, column }) => `${path}:${line}:${column}: at ${pointerText(pointer)}: ${message}`);
  return errorOf(lines, path, code);
}

function errorOf(lines: readonly string[], path: string, code: ErrorCode): LaunchgateError {
  const more = lines.length > LISTED ? [`and ${lines.length - LISTED} more`] : [];
  const count = lines.length === 1 ? 'a mistake' : `${lines.length} mistakes`;
  const listed = lines.slice(0, LISTED).map((line) => line.replaceAll(/\s*[\r\n]+\s*/g, ' '));
  return new LaunchgateError(code, [`${path} has ${count}:`, ...listed, ...more].join('\n  '), {
    next: `Correct ${path} and run the command again.`,
  });
}

/** `services[0].routes[1].protocol`; a key that is no plain word stands in quotes. */
function pointerText(pointer: Pointer): string {
  const text = pointer
    .map((part) => {
      if (typeof part === 'number') return `[${part}]`;
      return /^[\w-]+$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`;
    })
    .join('')
    .replace(/^\./, '');
  return text === '' ? 'the top' : text;
}
