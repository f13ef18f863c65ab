import { partsOf } from './asides.ts';
import type { Block, Unit } from './outline.ts';
import { linksOf, spelledOut } from './links.ts';
import { partedByFields, type Rich, splitLabel, standing } from './rich.ts';
import type { EvidenceLink, Note } from '../types.ts';
import { type Field, fieldOf, saysNothing } from './vocabulary.ts';

/** A line of a block with what wraps or continues it, in reading order. */
export interface Entry {
  readonly rich: Rich;
  readonly lines: readonly number[];
  readonly depth: number;
  readonly shape: Unit['shape'];
  readonly checked?: boolean;
}

export interface Fields {
  status?: string;
  owner?: string;
  target?: string;
  doneWhen?: string;
  trigger?: string;
  reviewers?: string;
  readonly scope: Entry[];
  readonly evidence: EvidenceLink[];
  readonly pending: string[];
  readonly notes: Note[];
  /** Entries without a label that means a field, outside any list of a field. */
  readonly rest: Entry[];
  /** Fields that were there at all, with or without a value. */
  readonly seen: Set<Field>;
}

const SCALARS = {
  status: 'status',
  owner: 'owner',
  target: 'target',
  'done-when': 'doneWhen',
  trigger: 'trigger',
  reviewers: 'reviewers',
} as const;
type Scalar = keyof typeof SCALARS;

/** All units of blocks in reading order. A line below a bullet that is no field belongs to the bullet's text. */
export function flatten(blocks: readonly Block[], depth = 0): Entry[] {
  return blocks.flatMap((block) => (block.shape === 'table' ? [] : flattenUnit(block, depth)));
}

function flattenUnit(unit: Unit, depth: number): Entry[] {
  const own = unit.children.findIndex((child) => !continuesText(unit, child));
  const count = own === -1 ? unit.children.length : own;
  const wrapped = unit.children.slice(0, count).filter((child): child is Unit => child.shape === 'line');
  const rich = wrapped.reduce((text, child) => joinRich(text, child.rich), unit.rich);
  const lines = [...unit.lines, ...wrapped.flatMap((child) => child.lines)];
  const [head = rich, ...fields] = partedByFields(rich);
  const entry: Entry = {
    rich: head,
    lines,
    depth,
    shape: unit.shape,
    ...(unit.checked === undefined ? {} : { checked: unit.checked }),
  };
  const below = [...fieldEntries(fields, depth), ...flatten(unit.children.slice(count), depth + 1)];
  return rich.text === '' && lines.length === 0 ? below : [entry, ...below];
}

/** Fields that stand on the line of something else, which accounts for the line. */
export function fieldEntries(fields: readonly Rich[], depth: number): Entry[] {
  return fields.map((rich) => ({ rich, lines: [], depth, shape: 'line' }));
}

/** Source lines of a unit and all below it. */
export function linesOf(unit: Unit): number[] {
  return [...unit.lines, ...flatten(unit.children).flatMap((entry) => entry.lines)];
}

function continuesText(unit: Unit, child: Block): boolean {
  if (unit.shape !== 'bullet' || child.shape !== 'line') return false;
  const label = splitLabel(child.rich);
  return label === undefined || (fieldOf(label.label) === undefined && !label.strong);
}

export function joinRich(first: Rich, second: Rich): Rich {
  const runs = [...first.runs, { text: ' ', strong: false, code: false }, ...second.runs];
  return { text: `${first.text} ${second.text}`.trim(), runs };
}

/** The field that an entry's label names. */
export function fieldOfEntry(entry: Entry): Field | undefined {
  const label = splitLabel(entry.rich);
  return label === undefined ? undefined : fieldOf(label.label);
}

/** Sorts entries into fields. A label without a value holds for the entries after it, up to the next label; `before` is one that stands above them. */
export function readFields(entries: readonly Entry[], before?: Field): Fields {
  const fields: Fields = { scope: [], evidence: [], pending: [], notes: [], rest: [], seen: new Set() };
  let open = before;
  for (const entry of entries) {
    if (entry.rich.text === '') continue;
    const label = splitLabel(entry.rich);
    const field = label === undefined ? undefined : fieldOf(label.label);
    if (label === undefined || field === undefined) {
      open = takeValue(fields, open, entry);
      continue;
    }
    fields.seen.add(field);
    open = field;
    if (label.rest.text === '') continue;
    const several = Map.groupBy(partsOf(entry.rich.text) ?? [], (part) => part.field);
    if (several.size > 1 && [...several.keys()].every((one) => one in SCALARS)) {
      for (const [one, parts] of several) setScalar(fields, one as Scalar, parts.map(({ value }) => value).join(', '));
      open = undefined;
      continue;
    }
    if (field === 'goal' || field === 'about') fields.notes.push({ label: label.label, text: label.rest.text });
    open = takeValue(fields, field, { ...entry, rich: label.rest });
  }
  return fields;
}

/** Puts an entry into the open field and says which field is open after it. */
function takeValue(fields: Fields, open: Field | undefined, entry: Entry): Field | undefined {
  switch (open) {
    case undefined:
      fields.rest.push(entry);
      return undefined;
    case 'scope':
      fields.scope.push(entry);
      return open;
    case 'evidence':
      if (!saysNothing(entry.rich.text)) fields.evidence.push(...linksOf(entry.rich));
      return open;
    case 'pending':
      if (!saysNothing(entry.rich.text)) fields.pending.push(spelledOut(entry.rich));
      return open;
    case 'about':
    case 'goal':
      if (fields.notes.at(-1)?.text !== entry.rich.text) fields.notes.push({ text: entry.rich.text });
      return undefined;
    default:
      setScalar(fields, open, standing(entry.rich).text);
      return open === 'done-when' && entry.shape === 'bullet' ? open : undefined;
  }
}

function setScalar(fields: Fields, field: Scalar, value: string): void {
  if (value === '' || ((field === 'owner' || field === 'target') && saysNothing(value))) return;
  const key = SCALARS[field];
  const known = fields[key];
  fields[key] = known === undefined ? value : `${known}; ${value}`;
}
