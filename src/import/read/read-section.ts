import { fieldOfEntry, flatten } from './fields.ts';
import { type Block, nestedTables, type Section } from './outline.ts';
import { readGate } from './read-gate.ts';
import { readList } from './read-list.ts';
import { readTable } from './read-table.ts';
import { isTracker, readTracker, splitTrackers } from './read-track.ts';
import { type Context, openTrack, type Reading } from './reading.ts';
import { saysLaunch, sectionKindOf, stageOf } from './vocabulary.ts';
import { bareTitle } from '../match/words.ts';

/** Reads what stands under one heading into items and tracks. */
export function readSection(reading: Reading, section: Section): void {
  const context = contextOf(reading, section);
  reading.book.claim(section.lines, 'heading', section.title);
  const parts = splitTrackers(section.blocks);
  for (const part of parts) {
    const own = parts.length === 1 && section.level > 0;
    if (isTracker(part)) readTrackerPart(reading, own ? context : namedContext(reading, context, part), part);
    else readBlocks(reading, context, part);
  }
}

function readTrackerPart(reading: Reading, context: Context, part: readonly Block[]): void {
  readTracker(reading, context, part);
  const tables = part.flatMap((block) => (block.shape === 'table' ? [block] : nestedTables(block)));
  for (const table of tables) readTable(reading, context, table);
}

function readBlocks(reading: Reading, context: Context, blocks: readonly Block[]): void {
  for (const block of blocks) if (block.shape === 'table') readTable(reading, context, block);
  const units = blocks.filter((block) => block.shape !== 'table');
  if (context.kind === 'gate') readGate(reading, context, units);
  else readList(reading, context, units);
}

/** A track of its own for a tracker that begins with its title. */
function namedContext(reading: Reading, context: Context, part: readonly Block[]): Context {
  const [first] = flatten(part);
  if (first === undefined || fieldOfEntry(first) !== undefined) return context;
  return { ...context, track: openTrack(reading, bareTitle(first.rich.text), first.lines) };
}

function contextOf(reading: Reading, section: Section): Context {
  const chain = [...section.parents, section].filter((each) => each.level > 0);
  const titles = chain.map((each) => each.title).toReversed();
  // The document's title says what it is, not what each part of it is, unless there is nothing else.
  const own = titles.length > 1 ? titles.slice(0, -1) : titles;
  const kind = own.map(sectionKindOf).find((found) => found !== undefined) ?? 'general';
  const stage = titles.map(stageOf).find((found) => found !== undefined);
  const track = openTrack(reading, bareTitle(section.title) || reading.path, section.lines);
  const number = /^\s*(\d{1,3})[.):]?\s/.exec(section.title)?.[1];
  if (number !== undefined) track.number = Number(number);
  const due = stageOf(section.title);
  if (due !== undefined && due !== 'deferred') track.target = bareTitle(section.title).replace(/\s*\([^)]*\)$/, '');
  const headings = chain.map((each) => bareTitle(each.title));
  return { kind, headings, launch: titles.some(saysLaunch), track, ...(stage === undefined ? {} : { stage }) };
}
