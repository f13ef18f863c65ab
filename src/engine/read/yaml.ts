import { EVENT_ID, YAMLException, constructFromEvents, type Event } from 'js-yaml';
import { MAX_MARKS, aliasProblem, firstOfDuplicate, hasTooManyMarks, startOf } from './yaml-guards.ts';
import { parseJsonDocuments } from './json.ts';
import { jsonWithoutComments } from './json5.ts';
import type { ReadDocument, ReadProblem, ReadStream } from './stream.ts';
import { events, perDocument, placesIn, splitDocuments, type Place, type Segment } from './yaml-stream.ts';
import { schemaOf, type YamlDialect } from './yaml-dialect.ts';

/**
 * Reads a YAML or JSON file (`path` ends in `.json`, `.json5` or `.jsonc`) as fast as js-yaml does, without positions.
 * Never throws. A document with an error, a duplicate key, a recursive alias, more than a million nodes once aliases are expanded,
 * or more than 256 levels is a problem and not a document; the other documents of the file are read all the same.
 * A file of more than 500,000 lines and entries is not read at all.
 */
export function parseYamlDocuments(text: string, options: { dialect: YamlDialect; path: string }): ReadStream {
  if (hasTooManyMarks(text)) return { documents: [], problems: [TOO_MUCH] };
  if (/\.json$/i.test(options.path)) return parseJsonDocuments(text);
  if (isRelaxedJson(options.path)) return parseYaml(jsonWithoutComments(text), 'yaml-1.2');
  return parseYaml(text, options.dialect);
}

const TOO_MUCH: ReadProblem = {
  message: `the file has more than ${MAX_MARKS} lines and entries, which is more than is read`,
  line: 1,
  column: 1,
};

/** The text as its parser sees it, which differs from the file's for JSON with comments. */
export function parsedText(text: string, path: string): string {
  return isRelaxedJson(path) ? jsonWithoutComments(text) : text;
}

function isRelaxedJson(path: string): boolean {
  return /\.json[5c]$/i.test(path);
}

/** A document's events, and the part of the file that their offsets count in. */
interface ParsedDocument extends Segment {
  readonly events: Event[];
}

/** What was gathered of a file so far. */
interface Gathered {
  readonly documents: ReadDocument[];
  readonly problems: ReadProblem[];
  readonly place: (offset: number) => Place;
  readonly dialect: YamlDialect;
}

function parseYaml(text: string, dialect: YamlDialect): ReadStream {
  const gathered: Gathered = { documents: [], problems: [], place: placesIn(text), dialect };
  let whole: Event[];
  try {
    whole = events(text);
  } catch {
    return parseApart(gathered, text);
  }
  for (const [index, found] of perDocument(whole).entries())
    construct(gathered, { index, offset: 0, text, events: found });
  return { documents: gathered.documents, problems: gathered.problems };
}

/** The slow way, for a file with a syntax error in it: each document by itself. */
function parseApart(gathered: Gathered, text: string): ReadStream {
  for (const segment of splitDocuments(text)) {
    try {
      construct(gathered, { ...segment, events: events(segment.text) });
    } catch (error) {
      gathered.problems.push(problemOf(gathered, error, segment));
    }
  }
  return { documents: gathered.documents, problems: gathered.problems };
}

function construct(gathered: Gathered, document: ParsedDocument): void {
  const { place, problems, documents } = gathered;
  const bomb = aliasProblem(document.events, document.text);
  if (bomb !== undefined) {
    problems.push({ message: bomb.message, ...place(document.offset + bomb.position) });
    return;
  }
  try {
    const [value] = constructFromEvents(document.events, {
      source: document.text,
      schema: schemaOf(gathered.dialect),
    });
    if (value === null || value === undefined) return;
    documents.push({
      value,
      index: document.index,
      line: place(document.offset + firstPosition(document.events)).line,
    });
  } catch (error) {
    problems.push(duplicateProblem(gathered, error, document) ?? problemOf(gathered, error, document));
  }
}

function firstPosition(found: readonly Event[]): number {
  const first = found.find((event) => event.type !== EVENT_ID.DOCUMENT && startOf(event) >= 0);
  return first === undefined ? 0 : startOf(first);
}

function duplicateProblem(gathered: Gathered, error: unknown, document: ParsedDocument): ReadProblem | undefined {
  if (!(error instanceof YAMLException) || error.reason !== 'duplicated mapping key' || error.mark === undefined)
    return undefined;
  const second = error.mark.position;
  const duplicate = firstOfDuplicate(document.events, document.text, second);
  if (duplicate === undefined) return undefined;
  const first = gathered.place(document.offset + duplicate.first).line;
  return {
    message: `the key ${JSON.stringify(duplicate.key)} is given twice, first on line ${first}`,
    ...gathered.place(document.offset + second),
  };
}

/** An error at the end of a document is told of its last character, not of the next document. */
function problemOf(gathered: Gathered, error: unknown, segment: Segment): ReadProblem {
  if (!(error instanceof YAMLException) || error.mark === undefined) {
    const message = error instanceof Error ? error.message : 'the document cannot be read';
    return { message, ...gathered.place(segment.offset) };
  }
  const last = Math.max(0, segment.text.trimEnd().length - 1);
  return { message: error.reason, ...gathered.place(segment.offset + Math.min(error.mark.position, last)) };
}
