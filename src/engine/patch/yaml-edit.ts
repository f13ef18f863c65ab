import { isDeepStrictEqual } from 'node:util';
import {
  isCollection,
  isMap,
  isPair,
  isSeq,
  parseAllDocuments,
  stringify,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { LaunchgateError } from '../../model/errors.ts';
import type { Pointer } from '../../model/origin.ts';

/**
 * Sets the value at a pointer and leaves every other byte of the file alone. Missing mappings on the way are made; a sequence
 * is extended by the index one past its end. The result is parsed again: anything but exactly that change is refused.
 */
export function setInYaml(text: string, documentIndex: number, pointer: Pointer, value: unknown): string {
  const document = documentAt(text, documentIndex);
  const expected = document.clone() as Document;
  expected.setIn(pointer, value);
  return verified(edited(text, document, pointer, value), documentIndex, expected);
}

/** Removes the mapping pair or sequence item at a pointer; absent is an error, because the caller thought it was there. */
export function removeFromYaml(text: string, documentIndex: number, pointer: Pointer): string {
  const document = documentAt(text, documentIndex);
  if (!document.hasIn(pointer))
    throw new LaunchgateError('internal', `${pointer.join('.')} is not there to be removed`);
  const expected = document.clone() as Document;
  expected.deleteIn(pointer);
  const parent = parentOf(document, pointer);
  const [start, end] =
    parent.flow === true ? cutFromFlow(text, parent, pointer.at(-1)) : cut(text, ...extent(text, document, pointer));
  return verified(text.slice(0, start) + text.slice(end), documentIndex, expected);
}

function documentAt(text: string, index: number): Document {
  const document = [...parseAllDocuments(text)].filter((candidate) => candidate.contents !== null)[index];
  if (document === undefined) throw new LaunchgateError('internal', `the file has no document ${index}`);
  return document as Document;
}

/** The edit is trusted only when the file parses to exactly what was meant; otherwise the document is written anew. */
function verified(text: string, index: number, expected: Document): string {
  const documents = [...parseAllDocuments(text)].filter((candidate) => candidate.contents !== null);
  const actual = documents[index];
  if (actual !== undefined && actual.errors.length === 0 && isDeepStrictEqual(actual.toJS(), expected.toJS()))
    return text;
  throw new LaunchgateError('internal', 'the change could not be made without touching the rest of the file', {
    next: 'Make the change by hand; the patch shows what is meant.',
  });
}

function edited(text: string, document: Document, pointer: Pointer, value: unknown): string {
  if (document.hasIn(pointer)) {
    const node = document.getIn(pointer, true) as Node | null;
    const [start, end] = node?.range ?? [0, 0];
    if (end > start) return replaced(text, document, pointer, value, start, end);
  }
  const depth = deepestExisting(document, pointer);
  const parent = document.getIn(pointer.slice(0, depth), true) ?? document.contents;
  if (!isCollection(parent) || parent.range == null) {
    throw new LaunchgateError('internal', `${pointer.slice(0, depth).join('.')} cannot hold ${String(pointer[depth])}`);
  }
  const wrapped = pointer
    .slice(depth + 1)
    .reduceRight<unknown>((inner, key) => (typeof key === 'number' ? [inner] : { [key]: inner }), value);
  const key = pointer[depth];
  return parent.flow === true ? insertedFlow(text, parent, key, wrapped) : insertedBlock(text, parent, key, wrapped);
}

function deepestExisting(document: Document, pointer: Pointer): number {
  let depth = pointer.length - 1;
  while (depth > 0 && !isCollection(document.getIn(pointer.slice(0, depth), true))) depth -= 1;
  return depth;
}

function replaced(
  text: string,
  document: Document,
  pointer: Pointer,
  value: unknown,
  start: number,
  end: number,
): string {
  const scalar = value === null || typeof value !== 'object';
  const old = document.getIn(pointer, true);
  if (scalar && !isCollection(old)) return text.slice(0, start) + inline(value) + text.slice(end);
  const parent = document.getIn(pointer.slice(0, -1), true) ?? document.contents;
  if (isCollection(parent) && parent.flow === true) return text.slice(0, start) + inline(value) + text.slice(end);
  const [from, to] = extent(text, document, pointer);
  const indent = ' '.repeat(columnOf(text, from));
  return text.slice(0, from) + block(pointer.at(-1), value, indent).slice(indent.length) + text.slice(to);
}

function insertedFlow(
  text: string,
  parent: YAMLMap | YAMLSeq,
  key: string | number | undefined,
  value: unknown,
): string {
  const close = (parent.range?.[1] ?? 1) - 1;
  const item = typeof key === 'number' ? inline(value) : `${inline(key)}: ${inline(value)}`;
  const before = text.slice(0, close).trimEnd();
  const separator = parent.items.length === 0 ? ' ' : ', ';
  return `${before}${separator}${item} ${text.slice(close)}`;
}

function insertedBlock(
  text: string,
  parent: YAMLMap | YAMLSeq,
  key: string | number | undefined,
  value: unknown,
): string {
  const first = parent.range?.[0] ?? 0;
  const indent = ' '.repeat(columnOf(text, first));
  const last = parent.items.at(-1);
  const end = last === undefined ? first : lineEnd(text, endOf(last));
  const before = text.slice(0, end);
  return `${before}${before.endsWith('\n') || before === '' ? '' : '\n'}${block(key, value, indent)}${text.slice(end)}`;
}

/** The lines of `key: value` or `- value`, indented, with a line end. */
function block(key: string | number | undefined, value: unknown, indent: string): string {
  const content = typeof key === 'number' ? stringify([value]) : stringify({ [String(key)]: value });
  return content.replaceAll(/^(?=.)/gm, indent);
}

/** An item of a flow collection with the comma that parts it from its neighbour. */
function cutFromFlow(text: string, parent: YAMLMap | YAMLSeq, key: string | number | undefined): [number, number] {
  const index = isMap(parent) ? parent.items.findIndex((pair) => keyText(pair) === String(key)) : Number(key);
  const startOf = (at: number): number => {
    const item = parent.items[at];
    return (isPair(item) ? (item.key as Node) : (item as Node)).range?.[0] ?? 0;
  };
  if (index + 1 < parent.items.length) return [startOf(index), startOf(index + 1)];
  const end = endOf(parent.items[index]);
  if (index > 0) return [endOf(parent.items[index - 1]), end];
  return [startOf(index), end + (/^\s*,/.exec(text.slice(end))?.[0].length ?? 0)];
}

function parentOf(document: Document, pointer: Pointer): YAMLMap | YAMLSeq {
  return (pointer.length === 1 ? document.contents : document.getIn(pointer.slice(0, -1), true)) as YAMLMap | YAMLSeq;
}

function keyText(pair: Pair): string {
  return String((pair.key as { value?: unknown } | null)?.value);
}

/** From the start of the key (or dash) to the start of the line after the value. */
function extent(text: string, document: Document, pointer: Pointer): [number, number] {
  const parent = parentOf(document, pointer);
  const key = pointer.at(-1);
  const item = isMap(parent) ? parent.items.find((pair) => keyText(pair) === String(key)) : parent.items[Number(key)];
  const anchor = isPair(item) ? (item.key as Node) : (item as Node);
  const start = anchor.range?.[0] ?? 0;
  const from = isSeq(parent) ? text.lastIndexOf('-', start) : start;
  return [from, lineEnd(text, endOf(item as Node | Pair))];
}

/** Whole lines where the item has them to itself; after a dash, up to where the next key takes its place. */
function cut(text: string, from: number, to: number): [number, number] {
  const lineStart = text.lastIndexOf('\n', from - 1) + 1;
  if (text.slice(lineStart, from).trim() === '') return [lineStart, to];
  return [from, to + (/^ */.exec(text.slice(to))?.[0].length ?? 0)];
}

function endOf(item: Node | Pair | unknown): number {
  if (isPair(item)) {
    const value = item.value as Node | null;
    const key = item.key as Node;
    return value?.range?.[1] ?? key.range?.[1] ?? 0;
  }
  return (item as Node | null)?.range?.[1] ?? 0;
}

function lineEnd(text: string, offset: number): number {
  if (text[offset - 1] === '\n') return offset;
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end + 1;
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

function inline(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
}
