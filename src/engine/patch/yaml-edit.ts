import { isDeepStrictEqual } from 'node:util';
import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseAllDocuments,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Pointer } from '../../model/origin.ts';
import { demandNoAliases } from './anchors.ts';
import { refusal } from './refusal.ts';
import { blockText, flowText } from './yaml-text.ts';

/** How a value is written on one line; JSON is edited as the YAML that it is. */
export type Inline = (value: unknown) => string;

/**
 * Sets the value at a pointer and leaves every other byte of the file alone. Missing mappings on the way are made; a sequence
 * is extended by the index one past its end. The result is parsed again: anything but exactly that change is refused.
 */
export function setInYaml(
  text: string,
  documentIndex: number,
  pointer: Pointer,
  value: unknown,
  inline: Inline = flowText,
): string {
  const document = documentAt(text, documentIndex);
  const change = fromFirstEmpty(document, pointer, value);
  demandNoAliases(document, change.pointer);
  const expected = withValue(document, change.pointer, change.value);
  return verified(edited(text, document, change.pointer, change.value, inline), documentIndex, expected);
}

function withValue(document: Document, pointer: Pointer, value: unknown): Document {
  const changed = document.clone() as Document;
  try {
    changed.setIn(pointer, value);
  } catch (cause) {
    throw refusal(`${pointer.join('.')} has no place: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  return changed;
}

/** A key without a value on the way gets all that is below it as its value; what an alias stands for may be used elsewhere as well. */
function fromFirstEmpty(document: Document, pointer: Pointer, value: unknown): { pointer: Pointer; value: unknown } {
  for (let depth = 1; depth < pointer.length; depth += 1) {
    const node = document.getIn(pointer.slice(0, depth), true);
    if (node === undefined) break;
    if (isAlias(node))
      throw refusal(
        `${pointer.slice(0, depth).join('.')} is an alias, and what it stands for is used elsewhere as well`,
      );
    if (isScalar(node) && node.value === null)
      return { pointer: pointer.slice(0, depth), value: nested(pointer.slice(depth), value) };
  }
  return { pointer, value };
}

function nested(pointer: Pointer, value: unknown): unknown {
  return pointer.reduceRight<unknown>((inner, key) => (typeof key === 'number' ? [inner] : { [key]: inner }), value);
}

/** Removes the mapping pair or sequence item at a pointer; absent is an error, because the caller thought it was there. */
export function removeFromYaml(text: string, documentIndex: number, pointer: Pointer): string {
  const document = documentAt(text, documentIndex);
  if (!document.hasIn(pointer)) throw refusal(`${pointer.join('.')} is not there to be removed`);
  demandNoAliases(document, pointer);
  const expected = document.clone() as Document;
  expected.deleteIn(pointer);
  const parent = parentOf(document, pointer);
  const [start, end] =
    parent.flow === true ? cutFromFlow(text, parent, pointer.at(-1)) : cut(text, ...extent(text, document, pointer));
  return verified(text.slice(0, start) + text.slice(end), documentIndex, expected);
}

function documentAt(text: string, index: number): Document {
  const document = [...parseAllDocuments(text)][index];
  if (document === undefined || document.contents === null) throw refusal(`the file has no document ${index}`);
  return document as Document;
}

/** The edit is trusted only when the file parses to exactly what was meant; otherwise the document is written anew. */
function verified(text: string, index: number, expected: Document): string {
  const actual = [...parseAllDocuments(text)][index];
  if (actual !== undefined && actual.errors.length === 0 && isDeepStrictEqual(actual.toJS(), expected.toJS()))
    return text;
  throw refusal('the change could not be made without touching the rest of the file');
}

function edited(text: string, document: Document, pointer: Pointer, value: unknown, inline: Inline): string {
  if (document.hasIn(pointer)) return replaced(text, document, pointer, value, inline);
  const depth = deepestExisting(document, pointer);
  const parent = document.getIn(pointer.slice(0, depth), true) ?? document.contents;
  if (!isCollection(parent) || parent.range == null) {
    throw refusal(`${pointer.slice(0, depth).join('.')} cannot hold ${String(pointer[depth])}`);
  }
  const wrapped = nested(pointer.slice(depth + 1), value);
  const key = pointer[depth];
  return parent.flow === true
    ? insertedFlow(text, parent, key, wrapped, inline)
    : insertedBlock(text, parent, key, wrapped);
}

function deepestExisting(document: Document, pointer: Pointer): number {
  let depth = pointer.length - 1;
  while (depth > 0 && !isCollection(document.getIn(pointer.slice(0, depth), true))) depth -= 1;
  return depth;
}

function replaced(text: string, document: Document, pointer: Pointer, value: unknown, inline: Inline): string {
  const old = document.getIn(pointer, true) as Node | null;
  const [start, end] = old?.range ?? [0, 0];
  const scalar = value === null || typeof value !== 'object';
  if (end > start && scalar && !isCollection(old)) return text.slice(0, start) + inline(value) + text.slice(end);
  const parent = parentOf(document, pointer);
  if (end > start && parent.flow === true) return text.slice(0, start) + inline(value) + text.slice(end);
  const [from, to] = extent(text, document, pointer);
  if (text.slice(end, to).includes('#'))
    throw refusal(`${pointer.join('.')} has a comment behind its value, which would be lost`);
  const indent = ' '.repeat(columnOf(text, from));
  return text.slice(0, from) + block(text, pointer.at(-1), value, indent).slice(indent.length) + text.slice(to);
}

/** On a line of its own where the last item has one. */
function insertedFlow(
  text: string,
  parent: YAMLMap | YAMLSeq,
  key: string | number | undefined,
  value: unknown,
  inline: Inline,
): string {
  const close = (parent.range?.[1] ?? 1) - 1;
  const item = typeof key === 'number' ? inline(value) : `${inline(key)}: ${inline(value)}`;
  const last = parent.items.at(-1);
  const end = last === undefined ? undefined : endOf(last);
  const rest = end === undefined ? '' : text.slice(end, close);
  if (end !== undefined && /^\s*\n\s*$/.test(rest)) {
    const line = text.lastIndexOf('\n', startOf(last)) + 1;
    const indent = /^\s*/.exec(text.slice(line, startOf(last)))?.[0] ?? '';
    return `${text.slice(0, end)},${lineBreak(text)}${indent}${item}${text.slice(end)}`;
  }
  const before = text.slice(0, close).trimEnd();
  const separator = parent.items.length === 0 ? ' ' : ', ';
  const padding = parent.items.length === 0 || before.length < close ? ' ' : '';
  return `${before}${separator}${item}${padding}${text.slice(close)}`;
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
  return `${before}${before.endsWith('\n') || before === '' ? '' : lineBreak(text)}${block(text, key, value, indent)}${text.slice(end)}`;
}

/** The lines of `key: value` or `- value`, indented, with line ends as the file has them. */
function block(text: string, key: string | number | undefined, value: unknown, indent: string): string {
  const content = blockText(typeof key === 'number' ? [value] : { [String(key)]: value });
  return content.replaceAll(/^(?=.)/gm, indent).replaceAll('\n', lineBreak(text));
}

/** The line end that the file uses. */
export function lineBreak(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** An item of a flow collection with the comma that parts it from its neighbour. */
function cutFromFlow(text: string, parent: YAMLMap | YAMLSeq, key: string | number | undefined): [number, number] {
  const index = isMap(parent) ? parent.items.findIndex((pair) => keyText(pair) === String(key)) : Number(key);
  const start = startOf(parent.items[index]);
  if (index + 1 < parent.items.length) return [start, startOf(parent.items[index + 1])];
  const end = endOf(parent.items[index]);
  if (index > 0) {
    const before = endOf(parent.items[index - 1]);
    if (text.slice(before, start).includes('#')) throw refusal('a comment stands between the last two items');
    return [before, end];
  }
  return [start, end + (/^\s*,/.exec(text.slice(end))?.[0].length ?? 0)];
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

function startOf(item: Node | Pair | unknown): number {
  return (isPair(item) ? (item.key as Node) : (item as Node | undefined))?.range?.[0] ?? 0;
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
