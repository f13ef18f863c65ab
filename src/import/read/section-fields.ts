/** Fields by themselves among the requirements of a section, which hold for all of it. */
import { flatten, linesOf, readFields } from './fields.ts';
import type { Block, Unit } from './outline.ts';
import type { Context, Reading } from './reading.ts';
import { applyFields } from './read-track.ts';
import { splitLabel } from './rich.ts';
import { type Field, fieldOf } from './vocabulary.ts';

/** `Owner: …` in a section that is no tracker. */
export function isFieldOnly(unit: Unit): boolean {
  const label = splitLabel(unit.rich);
  const field = label === undefined ? undefined : fieldOf(label.label);
  return field !== undefined && field !== 'reviewers';
}

export function readSectionField(reading: Reading, context: Context, unit: Unit, before?: Field): void {
  const entries = flatten([unit]);
  applyFields(reading, context.track, readFields(entries, before), unit.lines[0] ?? 0);
  reading.book.claim(linesOf(unit), 'prose', context.headings.at(-1));
}

/** The field that a label by itself leaves open for the bullets after it, where they are no requirements. */
export function openedBy(block: Block): Field | undefined {
  if (block.shape === 'table' || block.children.length > 0) return undefined;
  const label = splitLabel(block.rich);
  const field = label?.rest.text === '' ? fieldOf(label.label) : undefined;
  return field === 'evidence' || field === 'pending' ? field : undefined;
}
