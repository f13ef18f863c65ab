import { isMapping } from '../../model/cursor.ts';
import type { KubeObject } from '../../model/kube.ts';
import type { Pointer } from '../../model/origin.ts';
import { valueAt } from './pointers.ts';

/** A line of a template that is more than blank or a comment. */
interface Line {
  /** One-based. */
  readonly number: number;
  readonly indent: number;
  readonly text: string;
  /** Nothing but a template action: it neither is a key nor ends a block. */
  readonly action: boolean;
}

/** How far a template could be followed towards a value. */
export interface TemplatePlace {
  readonly line: number;
  readonly column: number;
  /** Steps of the pointer that were found. */
  readonly depth: number;
  /** Text of the place: the line itself when it carries a value, else the actions that fill its block. */
  readonly sources: readonly string[];
  /** The innermost `range` it lies in, with the item of its list, where the pointer told one. */
  readonly range?: { readonly action: string; readonly item: number };
}

/** Longer lines hold data; nobody indents them. */
const MAX_LINE = 4096;

/**
 * Finds the line of a Helm template that makes a value, by keys and indentation: a template is not YAML, but its authors write it so
 * that it looks like it. List items are told by a literal name, else by their position.
 */
export function findInTemplate(text: string, object: KubeObject, pointer: Pointer): TemplatePlace | undefined {
  const [section] = sectionsOf(text)
    .map((lines) => ({ lines, fit: fitOf(lines, object) }))
    .filter(({ fit }) => fit > 0)
    .toSorted((a, b) => b.fit - a.fit);
  return section === undefined ? undefined : descend(section.lines, object.body, pointer);
}

function sectionsOf(text: string): Line[][] {
  const sections: Line[][] = [[]];
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    if (/^---(?:\s|$)/.test(raw)) sections.push([]);
    else if (raw.length <= MAX_LINE && raw.trim() !== '' && !raw.trimStart().startsWith('#')) {
      const action = /^\s*\{\{-?(?:(?!\}\}).)*\}\}\s*$/.test(raw);
      sections.at(-1)?.push({ number: index + 1, indent: raw.search(/\S/), text: raw, action });
    }
  }
  return sections;
}

/** How well a document of a template fits an object: its kind must, the literal parts of its name should. */
function fitOf(lines: readonly Line[], object: KubeObject): number {
  const kind = lines.find(({ text }) => /^kind\s*:/.test(text))?.text.replace(/^kind\s*:\s*/, '');
  if (kind === undefined || (!kind.includes('{{') && kind.trim().replaceAll(/["']/g, '') !== object.kind)) return 0;
  const metadata = descend(lines, object.body, ['metadata', 'name']);
  if (metadata?.depth !== 2) return 1;
  const written = (metadata.sources[0] ?? '').replace(/^\s*name\s*:\s*/, '').replaceAll(/["']/g, '');
  const literals = written.split(/\{\{.*?\}\}/).filter((part) => part.trim() !== '');
  if (!literals.every((part) => object.name.includes(part.trim()))) return 0;
  return 2 + literals.join('').length;
}

function descend(lines: readonly Line[], body: unknown, pointer: Pointer): TemplatePlace | undefined {
  let block = lines;
  let place: TemplatePlace | undefined;
  let range: TemplatePlace['range'];
  for (const [depth, key] of pointer.entries()) {
    const found =
      typeof key === 'string' ? findKey(block, key) : findItem(block, valueAt(body, pointer.slice(0, depth)), key);
    if (found === undefined) break;
    const action = typeof key === 'number' ? rangeAround(block) : undefined;
    if (typeof key === 'number' && action !== undefined) range = { action, item: key };
    block = found.block;
    const at = { line: found.line.number, column: found.column + 1, depth: depth + 1 };
    place = { ...at, sources: sourcesOf(found), ...(range === undefined ? {} : { range }) };
  }
  return place;
}

/** The `range` that makes the items of a list, where nothing but it does. */
function rangeAround(block: readonly Line[]): string | undefined {
  const first = block.find(({ action, text }) => !action || /\brange\b/.test(text));
  return first?.action === true ? first.text : undefined;
}

interface FoundLine {
  readonly line: Line;
  readonly column: number;
  /** The line as it stands, and what is nested below it. */
  readonly block: readonly Line[];
  /** An action right before it that gives `.` its meaning. */
  readonly scope: Line | undefined;
}

function findKey(block: readonly Line[], key: string): FoundLine | undefined {
  const level = Math.min(...block.filter(({ action }) => !action).map(({ indent }) => indent));
  const quoted = key.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = new RegExp(`^["']?${quoted}["']?\\s*:(?:\\s|$)`);
  const at = block.findIndex(
    (line) => !line.action && line.indent === level && pattern.test(line.text.slice(line.indent)),
  );
  const line = block[at];
  if (line === undefined) return undefined;
  const rest = block.slice(at + 1);
  const end = rest.findIndex(
    (next) => !next.action && next.indent <= level && !(next.indent === level && isItem(next)),
  );
  const nested = end === -1 ? rest : rest.slice(0, end);
  return {
    line,
    column: line.indent,
    block: nested,
    scope: block[at - 1]?.action === true ? block[at - 1] : undefined,
  };
}

function findItem(block: readonly Line[], renderedList: unknown, index: number): FoundLine | undefined {
  const level = block.find((line) => !line.action && isItem(line))?.indent;
  if (level === undefined) return undefined;
  const starts = block.flatMap((line, at) => (!line.action && line.indent === level && isItem(line) ? [at] : []));
  const items = starts.map((start, nth) => block.slice(start, starts[nth + 1]));
  const item =
    items.find((lines) => isNamed(lines, renderedList, index)) ?? (items.length === 1 ? items[0] : items[index]);
  const [first, ...others] = item ?? [];
  if (first === undefined) return undefined;
  const inner = first.text.replace('-', ' ');
  const line = { ...first, indent: inner.search(/\S/), text: inner };
  return { line, column: first.indent, block: [line, ...others], scope: undefined };
}

function isNamed(lines: readonly Line[], renderedList: unknown, index: number): boolean {
  const item: unknown = Array.isArray(renderedList) ? renderedList[index] : undefined;
  const name = isMapping(item) ? item['name'] : undefined;
  if (typeof name !== 'string') return false;
  return lines.some(
    ({ text }) =>
      text
        .replace(/^[\s-]*/, '')
        .replaceAll(/["']/g, '')
        .trimEnd() === `name: ${name}`,
  );
}

function isItem({ text, indent }: Line): boolean {
  return /^-(?:\s|$)/.test(text.slice(indent));
}

/**
 * A value on the line itself, else the actions that fill the block below it: all of them where it has no keys of its own, else those
 * that write YAML at its level. `toYaml .` takes its meaning from the `with` around it.
 */
function sourcesOf({ line, block, scope }: FoundLine): string[] {
  const value = line.text.slice(line.indent).replace(/^[^:]*:\s*/, '');
  if (value !== '' && !isItem(line) && !/^[|>][-+0-9]*$/.test(value) && block[0] !== line) return [line.text];
  const keys = block.filter(({ action }) => !action);
  const level = Math.min(...keys.map(({ indent }) => indent));
  const actions = block
    .filter(({ action, text }) => action && (keys.length === 0 || writesAt(text, level)))
    .map(({ text }) => text);
  const dotted = actions.some((text) => /\btoYaml\s+\.(?:\s|\})/.test(text));
  return dotted && scope !== undefined ? [scope.text, ...actions] : actions;
}

function writesAt(action: string, level: number): boolean {
  return /\btoYaml\b/.test(action) && new RegExp(`\\bn?indent\\s+${level}\\b`).test(action);
}
