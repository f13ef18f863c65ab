import { isDeepStrictEqual } from 'node:util';
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  type ParsedNode,
  stringify,
} from 'yaml';
import { LaunchgateError } from '../../model/errors.ts';
import type { ImportResult, SpecParts } from '../types.ts';

const KEYS = ['milestones', 'tracks', 'controls', 'deferred'] as const satisfies readonly (keyof SpecParts)[];

/** Entries as they are written: without the lists that are empty, which the schema fills in. */
type BriefParts = Readonly<Record<(typeof KEYS)[number], readonly object[]>>;

function brief(parts: SpecParts): BriefParts {
  return {
    milestones: parts.milestones,
    tracks: parts.tracks.map(withoutEmpty),
    controls: parts.controls.map(withoutEmpty),
    deferred: parts.deferred,
  };
}

function withoutEmpty(entry: object): object {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => !Array.isArray(value) || value.length > 0));
}

/** A change to a text: characters from `start` to `end` give way to `text`. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The parts by themselves, as a fragment of a `launchgate.yaml`. */
export function renderFragment(result: ImportResult): string {
  const written = brief(result.parts);
  const parts = KEYS.filter((key) => written[key].length > 0).map((key) => block(key, written[key]));
  return parts.join('\n');
}

/** A whole `launchgate.yaml` for a platform that has none yet. */
export function renderNewSpec(result: ImportResult): string {
  const { apiVersion, kind, name, environments } = result.spec;
  const head = stringify({ apiVersion, kind, name, environments: environments.map(withoutEmpty) }, { lineWidth: 0 });
  const note =
    '# Written by "launchgate import". Name the platform and check the environments before you rely on it.\n';
  return `${note}${head}\n${renderFragment(result)}`;
}

/**
 * Adds the parts of an import to the text of an existing `launchgate.yaml`. Every character that is there stays as it
 * is, comments included, but for an empty list that gives way to its first entries.
 *
 * @throws LaunchgateError `spec-invalid` when the text is not one YAML mapping.
 */
export function mergeIntoSpec(text: string, result: ImportResult): string {
  const document = readDocument(text);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const parts = brief(result.parts);
  const edits = KEYS.flatMap((key) => editFor(document, text, key, parts[key]) ?? []);
  const merged = applyEdits(
    text,
    edits.map((edit) => ({ ...edit, text: edit.text.replaceAll('\n', newline) })),
  );
  const expected = withParts(document, parts);
  if (isDeepStrictEqual(parseDocument(merged).toJS(), expected)) return merged;
  return rewrite(document, parts);
}

function readDocument(text: string): Document.Parsed<ParsedNode> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error === undefined && isMap(document.contents)) return document;
  const { line, col } = lines.linePos(error?.pos[0] ?? 0);
  throw new LaunchgateError(
    'spec-invalid',
    `launchgate.yaml:${line}:${col}: ${error?.message.split('\n')[0] ?? 'expected a mapping of keys'}`,
    {
      next: 'Mend the file, then import again.',
    },
  );
}

function block(key: string, entries: readonly unknown[]): string {
  return stringify({ [key]: entries }, { lineWidth: 0 });
}

/** What has to change in the text so that the entries stand at the end of the key's list. */
function editFor(
  document: Document.Parsed<ParsedNode>,
  text: string,
  key: string,
  entries: readonly unknown[],
): Edit | undefined {
  if (entries.length === 0) return undefined;
  const pair = pairOf(document, key);
  const node = pair?.value;
  if (pair === undefined) return appendKey(document, text, key, entries);
  if (isSeq(node) && !node.flow && node.range) return appendEntries(text, node.range[0], node.range[1], entries);
  const isEmpty = (isSeq(node) && node.items.length === 0) || (isScalar(node) && node.value === null);
  if (!isEmpty || !node?.range) return undefined;
  return {
    start: node.range[0],
    end: node.range[1],
    text: `\n${indented(stringify(entries, { lineWidth: 0 }), 2).trimEnd()}`,
  };
}

function pairOf(document: Document.Parsed<ParsedNode>, key: string): Pair<ParsedNode, ParsedNode | null> | undefined {
  if (!isMap(document.contents)) return undefined;
  return document.contents.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

function appendKey(
  document: Document.Parsed<ParsedNode>,
  text: string,
  key: string,
  entries: readonly unknown[],
): Edit | undefined {
  const isBlock = isMap(document.contents) && !document.contents.flow && !/^\.\.\.\s*$/m.test(text);
  if (!isBlock) return undefined;
  const gap = text.endsWith('\n') ? '\n' : '\n\n';
  return { start: text.length, end: text.length, text: `${gap}${block(key, entries)}` };
}

function appendEntries(text: string, start: number, end: number, entries: readonly unknown[]): Edit {
  const column = start - (text.lastIndexOf('\n', start - 1) + 1);
  const last = start + text.slice(start, end).trimEnd().length;
  const lineEnd = text.indexOf('\n', last);
  const at = lineEnd === -1 ? text.length : lineEnd - (text[lineEnd - 1] === '\r' ? 1 : 0);
  return { start: at, end: at, text: `\n${indented(stringify(entries, { lineWidth: 0 }), column).trimEnd()}` };
}

function indented(text: string, columns: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(columns));
}

/** Applies edits from the end to the beginning; of two at the same place the first stands first. */
function applyEdits(text: string, edits: readonly Edit[]): string {
  const ordered = edits
    .map((edit, index) => ({ edit, index }))
    .sort((a, b) => b.edit.start - a.edit.start || b.index - a.index);
  return ordered.reduce((result, { edit }) => result.slice(0, edit.start) + edit.text + result.slice(edit.end), text);
}

function withParts(document: Document.Parsed<ParsedNode>, parts: BriefParts): unknown {
  const before: Record<string, unknown> = document.toJS();
  const lists = KEYS.filter((key) => parts[key].length > 0).map((key) => {
    const known = before[key];
    return [key, [...(Array.isArray(known) ? known : []), ...parts[key]]] as const;
  });
  return { ...before, ...Object.fromEntries(lists) };
}

/** For what cannot be spliced, such as lists in brackets: the library writes the file anew and keeps its comments. */
function rewrite(document: Document.Parsed<ParsedNode>, parts: BriefParts): string {
  for (const key of KEYS) {
    const known = document.get(key);
    if (parts[key].length === 0) continue;
    if (!isSeq(known)) document.set(key, document.createNode(parts[key]));
    else for (const entry of parts[key]) known.add(document.createNode(entry));
  }
  return document.toString({ lineWidth: 0 });
}
