import { EVENT_ID, YAMLException, constructFromEvents, type Event } from 'js-yaml';
import { aliasProblem, firstOfDuplicate, startOf } from './yaml-guards.ts';
import { parseJson } from './json.ts';
import { events, perDocument, placeOf, splitDocuments } from './yaml-stream.ts';
import { schemaOf, type YamlDialect } from './yaml-dialect.ts';

/** A document that was read without any doubt. */
export interface ReadDocument {
  readonly value: unknown;
  /** Zero-based position among the documents of the file, empty and broken ones counted; what `Origin.document` holds. */
  readonly index: number;
  /** One-based line of its first value. */
  readonly line: number;
}

/** Why a document, or a part of a file, was not read. Line and column are one-based. */
export interface ReadProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

export interface ReadStream {
  /** Empty documents are left out. */
  readonly documents: readonly ReadDocument[];
  /** One for each document that is not in `documents`. */
  readonly problems: readonly ReadProblem[];
}

/**
 * Reads a YAML or JSON file (`path` ends in `.json`, `.json5` or `.jsonc`) as fast as js-yaml does, without positions.
 * Never throws. A document with an error, a duplicate key, a recursive alias, more than a million nodes once aliases are expanded,
 * or more than 256 levels is a problem and not a document; the other documents of the file are read all the same.
 */
export function parseYamlDocuments(text: string, options: { dialect: YamlDialect; path: string }): ReadStream {
  if (/\.json(?:5|c)?$/i.test(options.path)) return parseJson(text, options.path);
  try {
    const whole = perDocument(events(text)).map((found, index) => ({ events: found, index, offset: 0, text }));
    return construct(whole, text, options.dialect);
  } catch {
    return parseApart(text, options.dialect);
  }
}

interface ParsedDocument {
  readonly events: Event[];
  readonly index: number;
  readonly offset: number;
  readonly text: string;
}

/** The slow way, for a file with a syntax error in it: each document by itself. */
function parseApart(text: string, dialect: YamlDialect): ReadStream {
  const documents: ReadDocument[] = [];
  const problems: ReadProblem[] = [];
  for (const segment of splitDocuments(text)) {
    try {
      const found = perDocument(events(segment.text)).map((parsed) => ({ ...segment, events: parsed }));
      const read = construct(found, text, dialect);
      documents.push(...read.documents);
      problems.push(...read.problems);
    } catch (error) {
      problems.push(problemOf(error, text, segment.offset));
    }
  }
  return { documents, problems };
}

function construct(parsed: readonly ParsedDocument[], whole: string, dialect: YamlDialect): ReadStream {
  const documents: ReadDocument[] = [];
  const problems: ReadProblem[] = [];
  for (const document of parsed) {
    const bomb = aliasProblem(document.events, document.text);
    if (bomb !== undefined) {
      problems.push({ message: bomb.message, ...placeOf(whole, document.offset + bomb.position) });
      continue;
    }
    try {
      const [value] = constructFromEvents(document.events, { source: document.text, schema: schemaOf(dialect) });
      if (value === null || value === undefined) continue;
      const line = placeOf(whole, document.offset + firstPosition(document.events)).line;
      documents.push({ value, index: document.index, line });
    } catch (error) {
      problems.push(duplicateProblem(error, document, whole) ?? problemOf(error, whole, document.offset));
    }
  }
  return { documents, problems };
}

function firstPosition(found: readonly Event[]): number {
  const first = found.find((event) => event.type !== EVENT_ID.DOCUMENT && startOf(event) >= 0);
  return first === undefined ? 0 : startOf(first);
}

function duplicateProblem(error: unknown, document: ParsedDocument, whole: string): ReadProblem | undefined {
  if (!(error instanceof YAMLException) || error.reason !== 'duplicated mapping key' || error.mark === undefined)
    return undefined;
  const second = error.mark.position;
  const duplicate = firstOfDuplicate(document.events, document.text, second);
  if (duplicate === undefined) return undefined;
  const first = placeOf(whole, document.offset + duplicate.first).line;
  return {
    message: `the key ${JSON.stringify(duplicate.key)} is given twice, first on line ${first}`,
    ...placeOf(whole, document.offset + second),
  };
}

function problemOf(error: unknown, whole: string, offset: number): ReadProblem {
  if (error instanceof YAMLException && error.mark !== undefined)
    return { message: error.reason, ...placeOf(whole, offset + error.mark.position) };
  const message = error instanceof Error ? error.message : 'the document cannot be read';
  return { message, ...placeOf(whole, offset) };
}
