import type { Location, Origin, Pointer } from '../model/origin.ts';
import type { FileTree } from '../model/world.ts';
import { offsetOf, placeText, type PlacedNode } from './read/yaml-place.ts';
import { parsedText } from './read/yaml.ts';
import { placesIn, splitDocuments, type Place } from './read/yaml-stream.ts';

/**
 * One-based place of what a pointer names in a YAML or JSON text: the key of a pair, the item of a list, the start of the document
 * for an empty pointer. Where the pointer leads nowhere, its deepest ancestor that exists.
 * `undefined` when there is no such document or it cannot be parsed.
 */
export function locatePointer(text: string, documentIndex: number, pointer: Pointer): Place | undefined {
  return locator(text)(documentIndex, pointer);
}

/** Answers the place of a pointer in a document of one text. */
export type Locator = (document: number, pointer: Pointer) => Place | undefined;

/** Places of one tree's files, each document parsed once for all its findings. */
const caches = new WeakMap<FileTree, Map<string, Locator>>();

/** The place of a value that was read from a file of the tree; a file that cannot be read or parsed any more gives `undefined`. */
export function locate(tree: FileTree, origin: Origin): Location | undefined {
  if (origin.line !== undefined) return { path: origin.path, line: origin.line, column: origin.column ?? 1 };
  if (!tree.has(origin.path)) return undefined;
  if (origin.document === undefined && origin.pointer === undefined)
    return { path: origin.path, line: origin.textLine ?? 1, column: 1 };
  const cache = caches.get(tree) ?? new Map<string, Locator>();
  caches.set(tree, cache);
  let places = cache.get(origin.path);
  if (places === undefined) {
    places = locator(parsedText(textOf(tree, origin.path), origin.path));
    cache.set(origin.path, places);
  }
  const place = places(origin.document ?? 0, origin.pointer ?? []);
  if (place === undefined) return undefined;
  return { path: origin.path, ...(origin.textLine === undefined ? place : insideBlock(tree, origin, place)) };
}

/** A line of a literal block (`key: |`, `- |`) stands as many lines below its head; text written in any other way keeps the place of its key. */
function insideBlock(tree: FileTree, { path, textLine = 0 }: Origin, place: Place): Place {
  const lines = textOf(tree, path).split(/\r\n|\r|\n/);
  // A block that is an item of a list is placed where its text starts, at the margin.
  const isAtText = place.column === 1 && /^\s/.test(lines[place.line - 1] ?? '');
  const head = isAtText ? place.line - 1 : place.line;
  const written = lines[head - 1 + textLine];
  if (!LITERAL_HEAD.test(lines[head - 1] ?? '') || written === undefined) return place;
  return { line: head + textLine, column: Math.max(0, written.search(/\S/)) + 1 };
}

/** The line before a literal block. The lines of a folded one (`>`) are not those of its text. */
export const LITERAL_HEAD = /(?::|^-|\s-)\s+(?:[!&]\S+\s+)*\|[-+\d]*\s*(?:#.*)?$/;

function textOf(tree: FileTree, path: string): string {
  try {
    return tree.text(path);
  } catch {
    return '';
  }
}

interface PlacedDocument {
  readonly root: PlacedNode | undefined;
  readonly offset: number;
}

/** As {@link locatePointer}, for many questions about one text: each document is parsed once. */
export function locator(text: string): Locator {
  const segments = splitDocuments(text);
  const place = placesIn(text);
  const parsed = new Map<number, PlacedDocument>();
  return (index, pointer) => {
    const segment = segments[index];
    if (segment === undefined) return undefined;
    let document = parsed.get(index);
    if (document === undefined) {
      document = { root: placeText(segment.text), offset: segment.offset };
      parsed.set(index, document);
    }
    if (document.root === undefined) return undefined;
    return place(document.offset + Math.max(0, offsetOf(document.root, pointer)));
  };
}
