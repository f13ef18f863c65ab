import { type Entry, fieldEntries, fieldOfEntry, type Fields, flatten, linesOf, readFields } from './fields.ts';
import { nestFlatGroups } from './groups.ts';
import { type Block, nestedTables, type Unit } from './outline.ts';
import { addDraft, addProse, addUnplaced, type Context, type DraftParts, openTrack, type Reading } from './reading.ts';
import { takeAside, takeStatus } from './asides.ts';
import { eachOnce, linksIn, withoutOwner } from './links.ts';
import { mentionedIn } from './mentions.ts';
import { beginsStruck, isStrong, partedByFields, type Rich, splitLabel } from './rich.ts';
import type { EvidenceLink, Note } from '../types.ts';
import { titleOf } from './titles.ts';
import { readTable } from './read-table.ts';
import { addScopeItem, applyFields } from './read-track.ts';
import { isFieldOnly, openedBy, readSectionField } from './section-fields.ts';
import { statusOf } from './statuses.ts';
import { ENVIRONMENT_LABEL, type Field, fieldOf, NORMATIVE, sectionKindOf } from './vocabulary.ts';

/** Reads bullets, task-list entries and sentences into items. */
export function readList(reading: Reading, context: Context, blocks: readonly Block[]): void {
  let open: Field | undefined;
  for (const block of nestFlatGroups(blocks)) {
    if (open !== undefined && continuesField(block)) {
      readSectionField(reading, context, block, open);
      continue;
    }
    open = openedBy(block);
    if (block.shape === 'bullet') readBullet(reading, context, block);
    else if (block.shape === 'line') readLine(reading, context, block);
    else if (block.shape !== 'table') readOther(reading, context, block);
    if (block.shape === 'bullet' && !isGroup(block))
      for (const table of nestedTables(block)) readTable(reading, context, table);
  }
}

function continuesField(block: Block): block is Unit {
  if (block.shape !== 'bullet' || block.checked !== undefined) return false;
  return !isFieldOnly(block) && !hasTrackFields(block) && !isGroup(block);
}

function readBullet(reading: Reading, context: Context, unit: Unit): void {
  if (unit.checked !== undefined) readTask(reading, context, unit);
  else if (context.kind === 'context' || isLegend(unit)) addProse(reading, context, linesOf(unit));
  else if (isGroup(unit)) readGroup(reading, context, unit);
  else if (hasTrackFields(unit)) readTrackBullet(reading, context, unit);
  else if (isFieldOnly(unit)) readSectionField(reading, context, unit);
  else readPlainBullet(reading, context, unit);
}

/** An entry of a task list, with what is indented below it: text, `Done when`, owner, other labels. */
function readTask(reading: Reading, context: Context, unit: Unit): void {
  const tasks = unit.children.filter((child) => child.shape === 'bullet' && child.checked !== undefined);
  const [deeper, others] = partTasks(unit.children.filter((child) => !tasks.includes(child)));
  const isUnclear = unit.checked === true && beginsStruck(unit.rich);
  if (isUnclear)
    reading.remarks.push(
      `${reading.path}:${unit.lines[0] ?? 0}: “${unit.rich.text}” is ticked and crossed out, which is how some say done and others dropped; its status was left out`,
    );
  addDraft(
    reading,
    context,
    withBody(unit, others, context, isUnclear ? {} : { status: unit.checked ? 'done' : 'open' }),
  );
  readList(reading, context, [...tasks, ...deeper]);
}

/**
 * Entries of task lists below what is none, however deep: each is an item of its own, with its box. What stands below the label of a
 * field belongs to the field.
 */
function partTasks(blocks: readonly Block[]): readonly [tasks: Unit[], others: Block[]] {
  const tasks: Unit[] = [];
  let ofField = false;
  const others = blocks.flatMap((block): Block[] => {
    if (block.shape === 'table') return [block];
    const label = splitLabel(block.rich);
    const isField = label !== undefined && fieldOf(label.label) !== undefined;
    ofField ||= isField && label.rest.text === '';
    if (isField || ofField) return [block];
    if (block.checked !== undefined) {
      tasks.push(block);
      return [];
    }
    const [below, rest] = partTasks(block.children);
    tasks.push(...below);
    return [{ ...block, children: rest }];
  });
  return [tasks, others];
}

/** A bullet that is a requirement, with notes below it. */
function readPlainBullet(reading: Reading, context: Context, unit: Unit): void {
  const label = splitLabel(unit.rich);
  if (label !== undefined && fieldOf(label.label) === 'reviewers') {
    readReviewers(reading, context, unit.rich, linesOf(unit));
    return;
  }
  const names = label !== undefined && ENVIRONMENT_LABEL.test(label.label);
  const [tasks, others] = partTasks(unit.children);
  addDraft(reading, context, { ...withBody(unit, others, context, {}), ...describes(context, names) });
  readList(reading, context, tasks);
}

/** How an item stands that may be no more than a description. */
function describes(context: Context, namesEnvironment: boolean): Pick<DraftParts, 'descriptive'> {
  if (context.kind === 'diagram') return { descriptive: 'by title' };
  return context.kind === 'descriptive' || namesEnvironment ? { descriptive: 'by text' } : {};
}

/** The item of a bullet: its title, and its body sorted into fields and notes. */
function withBody(unit: Unit, children: readonly Block[], context: Context, extra: Partial<DraftParts>): DraftParts {
  const [head = unit.rich, ...inline] = partedByFields(unit.rich);
  const { rest: titled, aside } = takeAside(head);
  const { rest, status: leading } = takeStatus(titled);
  const { title, statement, label } = titleOf(rest);
  const entries = [...fieldEntries(inline, 0), ...flatten(children)];
  const fields = readFields(entries);
  // A box that is empty says more than a word in front.
  const said = aside.status ?? (extra.status === 'open' ? 'open' : (leading ?? extra.status));
  const status = fields.status === undefined ? said : (statusOf(fields.status) ?? said);
  const [owner, target] = [fields.owner ?? aside.owner ?? mentionedIn(rest), fields.target ?? aside.target];
  const links = [unit, ...entries].flatMap((entry) => linksIn(entry.rich));
  const proofs = new Set(withoutOwner(links, owner));
  const ofOwner = links.filter((link) => !proofs.has(link));
  const notes = [...fields.notes, ...fields.rest.map(noteOf), ...oddStatus(fields), ...ofOwner.map(ownerNote)];
  const [text] = notes.filter((note) => note.label === undefined);
  return {
    title,
    statement:
      fields.doneWhen ?? (label === undefined && statement === title && text !== undefined ? text.text : statement),
    lines: [...unit.lines, ...entries.flatMap((entry) => entry.lines)],
    notes: fields.doneWhen === undefined || statement === title ? notes : [{ text: statement }, ...notes],
    scope: fields.scope.map((entry) => entry.rich.text),
    evidence: eachOnce([...aside.evidence, ...fields.evidence, ...proofs]),
    pending: fields.pending,
    ...(fields.doneWhen === undefined ? {} : { doneWhen: fields.doneWhen }),
    ...(owner === undefined ? {} : { owner }),
    ...(target === undefined ? {} : { target }),
    ...(fields.trigger === undefined ? {} : { trigger: fields.trigger }),
    ...(status === undefined ? {} : { status }),
    ...(context.kind === 'deferred' ? triggerIn(statement) : {}),
  };
}

function ownerNote({ title, link = title }: EvidenceLink): Note {
  return { label: 'Owner', text: link === title ? title : `${title} (${link})` };
}

function oddStatus(fields: Fields): Note[] {
  return fields.status === undefined || statusOf(fields.status) !== undefined
    ? []
    : [{ label: 'Status', text: fields.status }];
}

function noteOf(entry: Entry): Note {
  const label = splitLabel(entry.rich);
  return label === undefined || label.rest.text === ''
    ? { text: entry.rich.text }
    : { label: label.label, text: label.rest.text };
}

function triggerIn(text: string): { trigger?: string } {
  const trigger = /\b(?:revisit|re-?evaluate|reconsider|until|once|only if|if|when)\b.*/i.exec(text)?.[0];
  return trigger === undefined ? {} : { trigger };
}

/** A bullet that only heads others: `Testing gates:`, `Data workstream`. */
function isGroup(unit: Unit): boolean {
  if (unit.children.length === 0 || unit.rich.text === '' || unit.heads) return unit.children.length > 0;
  const label = splitLabel(unit.rich);
  if (label !== undefined) return label.rest.text === '' && fieldOf(label.label) === undefined;
  if (unit.rich.text.endsWith(':')) return true;
  const bullets = unit.children.filter((child) => child.shape === 'bullet');
  return (
    bullets.length > 1 &&
    unit.rich.text.length <= 80 &&
    !/[.!?]$/.test(unit.rich.text) &&
    !hasTrackFields(unit) &&
    !isStrong(unit.rich)
  );
}

function readGroup(reading: Reading, context: Context, unit: Unit): void {
  const title = unit.rich.text.replace(/:\s*$/, '');
  const kind = sectionKindOf(title);
  const isOwn = splitLabel(unit.rich)?.strong !== true || kind === 'gap';
  reading.book.claim(unit.lines, 'heading', title);
  const track = isOwn && title !== '' ? openTrack(reading, title, unit.lines) : context.track;
  const inner: Context = {
    ...context,
    track,
    headings: title === '' ? context.headings : [...context.headings, title],
    kind:
      kind === 'gap' || kind === 'context' || kind === 'descriptive' || kind === 'diagram' || kind === 'deferred'
        ? kind
        : context.kind === 'general'
          ? 'explicit'
          : context.kind,
  };
  // Sentences below the head of a group are its entries; what a section's bullets are, they are too.
  for (const block of nestFlatGroups(unit.children)) {
    if (block.shape === 'line')
      readListedLine(reading, { ...inner, kind: context.kind === 'general' ? 'general' : inner.kind }, block);
    else readList(reading, { ...inner, kind: kind ?? context.kind }, [block]);
  }
}

function readListedLine(reading: Reading, context: Context, unit: Unit): void {
  if (context.kind === 'context' || unit.rich.text === '') addProse(reading, context, linesOf(unit));
  else addDraft(reading, context, withBody(unit, unit.children, context, {}));
}

function hasTrackFields(unit: Unit): boolean {
  const fields = new Set(flatten(unit.children).map(fieldOfEntry));
  const hasHead = fields.has('status') || fields.has('owner') || fields.has('target');
  return hasHead && (fields.has('scope') || fields.has('evidence') || fields.has('status')) && !fields.has('done-when');
}

/** A bullet with the fields of a tracker below it. */
function readTrackBullet(reading: Reading, context: Context, unit: Unit): void {
  const title = titleOf(unit.rich).title;
  const entries = flatten(unit.children);
  const fields = readFields(entries);
  const track = openTrack(reading, title, unit.lines);
  track.tracker = true;
  applyFields(reading, track, fields, unit.lines[0] ?? 0);
  reading.book.claim([...unit.lines, ...entries.flatMap((entry) => entry.lines)], 'track', title);
  const inner = { ...context, track, headings: [...context.headings, title] };
  if (fields.scope.length > 0) track.evidence.push(...linksIn(unit.rich));
  const scope = fields.scope.length > 0 ? fields.scope : [{ rich: unit.rich, lines: unit.lines }];
  for (const entry of scope) addScopeItem(reading, inner, entry, track);
}

/** The list of words that a tracker's status may have. */
function isLegend(unit: Unit): boolean {
  return unit.children.length === 0 && statusOf(unit.rich.text) !== undefined;
}

function readLine(reading: Reading, context: Context, unit: Unit): void {
  const label = splitLabel(unit.rich);
  const field = label === undefined ? undefined : fieldOf(label.label);
  if (field === 'reviewers') readReviewers(reading, context, unit.rich, linesOf(unit));
  else if (field !== undefined) readSectionField(reading, context, unit);
  else if (context.kind === 'context') addProse(reading, context, unit.lines);
  else if (isRequirement(context, unit.rich)) addDraft(reading, context, withBody(unit, unit.children, context, {}));
  else if (label !== undefined && describes(context, false).descriptive !== undefined)
    addDraft(reading, context, { ...withBody(unit, [], context, {}), ...describes(context, false) });
  else addProse(reading, context, unit.lines);
}

function isRequirement(context: Context, text: Rich): boolean {
  if (/^\(.*\)$/.test(text.text) || text.text.endsWith(':')) return false;
  const lists =
    context.kind === 'explicit' ||
    context.kind === 'gap' ||
    context.kind === 'backlog' ||
    context.kind === 'default' ||
    context.kind === 'deferred';
  return lists || NORMATIVE.test(text.text);
}

function readReviewers(reading: Reading, context: Context, text: Rich, lines: readonly number[]): void {
  const names = splitLabel(text)?.rest.text.replace(/\.$/, '') ?? text.text;
  reading.roles.push({ text: names, line: lines[0] ?? 0 });
  addDraft(reading, context, {
    kind: 'sign-off',
    lines: [...lines],
    title: `Sign-off by ${names}`,
    statement: text.text,
    evidence: linksIn(text),
  });
}

/** Code and HTML: kept with the section as context if they say something, named as unplaced when nothing is above them. */
function readOther(reading: Reading, context: Context, unit: Unit): void {
  if (unit.shape === 'html' && unit.rich.text === '') reading.book.claim(unit.lines, 'separator');
  else if (context.kind === 'context') addProse(reading, context, unit.lines);
  else {
    const because = unit.shape === 'code' ? 'a block of code is not read' : 'HTML is not read';
    addUnplaced(reading, unit.lines, unit.rich.text, because);
  }
}
