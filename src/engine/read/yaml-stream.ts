import { EVENT_ID, parseEvents, type Event } from 'js-yaml';

/** Deepest nesting that is read, aliases expanded. */
export const MAX_DEPTH = 256;

/** One document of a YAML stream: its part of the text, and the parser's events within that part. */
export interface Segment {
  /** Zero-based position among the documents of the file, empty ones counted. */
  readonly index: number;
  /** Offset of `text` in the file. */
  readonly offset: number;
  readonly text: string;
}

/** Parses one or more documents into js-yaml's events; throws its YAMLException. */
export function events(text: string): Event[] {
  return parseEvents(text, { maxDepth: MAX_DEPTH });
}

/** The events of each document, by itself. */
export function perDocument(stream: Event[]): Event[][] {
  const starts: number[] = [];
  for (let index = 0; index < stream.length; index += 1) {
    if (stream[index]?.type === EVENT_ID.DOCUMENT) starts.push(index);
  }
  if (starts.length === 1) return [stream];
  return starts.map((start, index) => stream.slice(start, starts[index + 1]));
}

/**
 * Cuts a stream at its document markers without parsing it, so that one broken document does not hide the others.
 * `---` and `...` at the start of a line end a document wherever they stand, inside scalars too (YAML 1.2.2, 9.1.2).
 */
export function splitDocuments(text: string): Segment[] {
  const segments: Segment[] = [];
  let start = 0;
  let explicit = false;
  const close = (end: number): void => {
    if (explicit || hasContent(text.slice(start, end)))
      segments.push({ index: segments.length, offset: start, text: text.slice(start, end) });
  };
  for (const match of text.matchAll(/(?:^|[\r\n])(---|\.\.\.)(?=[ \t\r\n]|$)/g)) {
    const marker = match.index + match[0].length - 3;
    if (match[1] === '---') {
      if (explicit || hasContent(text.slice(start, marker))) {
        close(marker);
        start = marker;
      }
      explicit = true;
    } else {
      close(marker);
      start = marker + 3;
      explicit = false;
    }
  }
  close(text.length);
  return segments;
}

/** True when a part holds more than blank lines, comments and directives. */
function hasContent(part: string): boolean {
  return /(?:^|[\r\n])(?!%)[ \t\uFEFF]*[^\s#\uFEFF]/.test(part);
}

/** A place in a text; both are one-based, columns count UTF-16 code units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Answers places in a text by offset. A table of lines is made when one is asked that is not near the start. */
export function placesIn(text: string): (offset: number) => Place {
  let starts: number[] | undefined;
  return (offset) => {
    if (starts === undefined && offset < NEAR) return placeNearStart(text, offset);
    starts ??= lineStarts(text);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

/** Where most first documents start: after a licence at most. */
const NEAR = 1024;

function placeNearStart(text: string, offset: number): Place {
  const starts = lineStarts(text.slice(0, offset));
  // A CR at the very end may belong to a CRLF that is cut in two.
  const cut = text.charAt(offset - 1) === '\r' && text.charAt(offset) === '\n' ? 1 : 0;
  const line = starts.length - cut;
  return { line, column: offset - (starts[line - 1] ?? 0) + 1 };
}

/** Lines end with LF, CRLF or a lone CR, as in YAML. */
function lineStarts(text: string): number[] {
  const starts = [0];
  if (text.includes('\r')) {
    for (const found of text.matchAll(/\r\n|\r|\n/g)) starts.push(found.index + found[0].length);
    return starts;
  }
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return starts;
}
