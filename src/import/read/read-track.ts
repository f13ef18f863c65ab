import { takeAside } from './asides.ts';
import { eachOnce, linksIn, withoutOwner } from './links.ts';
import { type Entry, fieldOfEntry, type Fields, flatten, readFields } from './fields.ts';
import type { Block } from './outline.ts';
import { addDraft, type Context, type DraftTrack, type Reading, remarkOnStatus } from './reading.ts';
import type { ItemKind } from '../types.ts';
import { isStrong, splitLabel } from './rich.ts';
import { statusOf } from './statuses.ts';
import { type Field } from './vocabulary.ts';
import { titleOf } from './titles.ts';
import { bareTitle } from '../match/words.ts';

const TRACKER_FIELDS: ReadonlySet<Field> = new Set(['status', 'owner', 'target', 'scope', 'evidence', 'pending']);
const HEAD_FIELDS: ReadonlySet<Field> = new Set(['status', 'owner', 'target']);

/** True for blocks that describe one track: two of its fields at least, one of them status, owner or target. */
export function isTracker(blocks: readonly Block[]): boolean {
  const entries = flatten(blocks);
  if (entries.some((entry) => entry.checked !== undefined) || listsTrackers(blocks)) return false;
  const [outer, all] = [fieldsOf(entries.filter((entry) => entry.depth === 0)), fieldsOf(entries)];
  return outer.size > 0 && all.size > 1 && [...HEAD_FIELDS].some((field) => all.has(field));
}

/** True for bullets that each have a status, an owner or a target of their own: not even a field above them is theirs. */
function listsTrackers(blocks: readonly Block[]): boolean {
  const bullets = blocks.filter((block) => block.shape === 'bullet' && splitLabel(block.rich) === undefined);
  const headed = bullets.filter((block) => {
    const fields = fieldsOf(block.shape === 'table' ? [] : flatten(block.children));
    return [...HEAD_FIELDS].filter((field) => fields.has(field)).length > 1;
  });
  return headed.length > 1;
}

function fieldsOf(entries: readonly Entry[]): Set<Field> {
  const fields = entries.map(fieldOfEntry).filter((field) => field !== undefined);
  return new Set(fields.filter((field) => TRACKER_FIELDS.has(field)));
}

/** Cuts a run of trackers without headings, each a title and a `Status:`, into one part for each. */
export function splitTrackers(blocks: readonly Block[]): Block[][] {
  const starts = blocks.flatMap((block, index) => (isStatus(block) ? [index] : []));
  if (starts.length < 2) return [[...blocks]];
  const cuts = starts.map((start) => (isName(blocks[start - 1]) ? start - 1 : start)).filter((cut) => cut > 0);
  const bounds = [0, ...cuts, blocks.length];
  return bounds
    .slice(1)
    .map((end, index) => blocks.slice(bounds[index], end))
    .filter((part) => part.length > 0);
}

function isStatus(block: Block): boolean {
  if (block.shape === 'table') return false;
  const label = splitLabel(block.rich);
  return (
    block.checked === undefined &&
    label !== undefined &&
    fieldOfEntry({ rich: block.rich, lines: [], depth: 0, shape: block.shape }) === 'status'
  );
}

function isName(block: Block | undefined): boolean {
  if (block === undefined || block.shape === 'table' || block.children.length > 0) return false;
  return (
    block.rich.text.length <= 90 &&
    (isStrong(block.rich) || splitLabel(block.rich) === undefined) &&
    !/[.;]$/.test(block.rich.text)
  );
}

/** Reads a track: its fields, and an item for every entry of its scope. */
export function readTracker(reading: Reading, context: Context, blocks: readonly Block[]): void {
  const { track } = context;
  const entries = flatten(blocks);
  const fields = readFields(entries);
  track.tracker = true;
  applyFields(reading, track, fields, track.lines[0] ?? 0);
  reading.book.claim(
    entries.flatMap((entry) => entry.lines),
    'track',
    track.title,
  );
  const named = fields.rest.filter((entry) => bareTitle(entry.rich.text) !== track.title);
  for (const entry of [...named.filter((entry) => entry.shape === 'bullet'), ...fields.scope])
    addScopeItem(reading, context, entry, track, 'requirement');
  for (const entry of named.filter((entry) => entry.shape !== 'bullet'))
    reading.book.claim(entry.lines, 'prose', track.title);
}

/** Gives a track what its fields say, and remarks on what they do not. */
export function applyFields(reading: Reading, track: DraftTrack, fields: Fields, line: number): void {
  const status = fields.status === undefined ? undefined : statusOf(fields.status);
  if (status !== undefined) track.status = status;
  else if (fields.seen.has('status')) remarkOnStatus(reading, line, fields.status ?? '', track.title);
  if (fields.owner !== undefined) {
    track.owner = fields.owner;
    reading.roles.push({ text: fields.owner, line });
  }
  if (fields.target !== undefined) track.target = fields.target;
  track.evidence.push(...fields.evidence);
  track.pending.push(...fields.pending);
}

/** An item for an entry of a scope: the owner and target of its track are its own unless it says otherwise. */
export function addScopeItem(
  reading: Reading,
  context: Context,
  entry: Pick<Entry, 'rich' | 'lines'>,
  track: DraftTrack,
  kind?: ItemKind,
): void {
  const { rest, aside } = takeAside(entry.rich);
  const { title, statement } = titleOf(rest);
  const [owner, target] = [aside.owner ?? track.owner, aside.target ?? track.target];
  addDraft(reading, context, {
    ...(kind === undefined ? {} : { kind }),
    lines: entry.lines,
    title,
    statement,
    evidence: eachOnce([...aside.evidence, ...withoutOwner(linksIn(entry.rich), aside.owner)]),
    ...(aside.status === undefined ? {} : { status: aside.status }),
    ...(owner === undefined ? {} : { owner }),
    ...(target === undefined ? {} : { target }),
  });
}
