import { isDone } from '../repair/boxes.ts';
import { statusOfAnswer } from './answers.ts';
import type { EvidenceLink, ItemKind, Note, TrackStatus } from '../types.ts';
import { cellsOf, groupColumn, listsTracks, partsOf, type Role, rolesOf, type Row, textOf } from './columns.ts';
import { eachOnce, linksIn, linksOf, spelledOut } from './links.ts';
import { readMatrix } from './matrix.ts';
import type { Table } from './outline.ts';
import { readPeopleTable } from './people-tables.ts';
import { accountableIn, raciColumns } from './raci.ts';
import type { Rich } from './rich.ts';
import { addDraft, addProse, type Context, openTrack, type Reading, remarkOnStatus } from './reading.ts';
import { statusOf } from './statuses.ts';
import { saysNothing, stageOf } from './vocabulary.ts';

const DEFERS = /^(?:defer(?:red)?|not (?:now|yet|required)|later|postponed?|out of scope|no|won'?t)\b/i;

/** Reads every row of a table into an item, by what the names of its columns say. */
export function readTable(reading: Reading, context: Context, table: Table): void {
  reading.book.claim(table.headerLines, 'heading', context.headings.at(-1));
  if (readPeopleTable(reading, context, table) || readMatrix(reading, context, table)) return;
  const raci = raciColumns(table);
  const groups = groupColumn(table.header, table.rows);
  const roles = rolesOf(table.header, tickedColumn(table), raci, groups);
  for (const row of table.rows) {
    if (saysNoRow(row.cells)) addProse(reading, context, row.lines);
    else readTrackOrRow(reading, context, { header: table.header, roles, raci, cells: row.cells, lines: row.lines });
  }
}

/** Nothing at all, or sums below the rows. */
function saysNoRow(cells: readonly Rich[]): boolean {
  const first = cells.find(({ text }) => text !== '');
  return first === undefined || /^(?:(?:sub|grand)[ -]?)?totals?:?$/i.test(first.text);
}

/**
 * A column of boxes and signs says what is done, whatever it is called; -1 where there is none. Of several the one that is called so: what is
 * done in staging is not done in production.
 */
function tickedColumn({ header, rows }: Table): number {
  const holds = (at: number): boolean =>
    rows.some(({ cells }) => isDone(cells[at]?.text ?? '') !== undefined) &&
    rows.every(({ cells }) => (cells[at]?.text ?? '') === '' || isDone(cells[at]?.text ?? '') !== undefined);
  const columns = header.length < 2 ? [] : [...header.keys()].filter(holds);
  const [only, second] = columns;
  if (second === undefined) return only ?? -1;
  return columns.find((at) => /\b(?:status|state|done|complete[d]?|finished)\b|^$/i.test(header[at]?.text ?? '')) ?? -1;
}

function readTrackOrRow(reading: Reading, context: Context, row: Row): void {
  if (!listsTracks(row)) {
    readRow(reading, context, row);
    return;
  }
  const title = textOf(row, 'name');
  const [owner, target, status] = [textOf(row, 'owner'), textOf(row, 'target'), statusIn(row)];
  const number = Number(textOf(row, 'number') || Number.NaN);
  const track = openTrack(reading, title, row.lines);
  track.tracker = true;
  if (status !== undefined) track.status = status;
  if (target !== '') track.target = target;
  if (Number.isInteger(number)) track.number = number;
  if (owner !== '') {
    track.owner = owner;
    reading.roles.push({ text: owner, line: row.lines[0] ?? 0 });
  }
  const said = textOf(row, 'status');
  if (status === undefined && said !== '' && textOf(row, 'scope') !== '')
    remarkOnStatus(reading, row.lines[0] ?? 0, said, title);
  readTrackScope(reading, { ...context, track, headings: [...context.headings, title] }, row);
}

/** Each part of the scope is a requirement of its own; the row as a whole is one where it has none. */
function readTrackScope(reading: Reading, context: Context, row: Row): void {
  const scope = partsOf(row, 'scope');
  if (scope.length === 0) {
    readRow(reading, context, row);
    return;
  }
  const { owner, status } = context.track;
  for (const part of scope) {
    addDraft(reading, context, {
      lines: row.lines,
      title: part,
      statement: part,
      notes: notesOf(row, status === undefined ? ['status', 'done-when', 'decision'] : ['done-when', 'decision']),
      ...(owner === undefined ? {} : { owner }),
    });
  }
  context.track.evidence.push(...evidenceOf(row));
  context.track.pending.push(...pendingOf(row));
}

function readRow(reading: Reading, context: Context, row: Row): void {
  const kind = kindOf(context, row);
  const title = textOf(row, 'name') || row.cells.find((cell) => cell.text !== '')?.text || '';
  const [decision, doneWhen] = [textOf(row, 'decision'), textOf(row, 'done-when')];
  const target = textOf(row, 'target');
  const owner = textOf(row, 'owner') || accountableIn(row.header, row.cells, row.raci);
  const trigger = textOf(row, 'trigger');
  const known = statusIn(row);
  const said = textOf(row, 'status');
  if (known === undefined && said !== '') remarkOnStatus(reading, row.lines[0] ?? 0, said, title);
  const stage = stageOf(target);
  const notes = notesOf(row, known === undefined ? ['status'] : []);
  addDraft(reading, context, {
    kind,
    lines: row.lines,
    title,
    statement: doneWhen || (decision === '' ? title : `${title}: ${decision}`),
    notes,
    scope: partsOf(row, 'scope'),
    evidence: evidenceOf(row),
    pending: pendingOf(row),
    ...(doneWhen === '' ? {} : { doneWhen }),
    ...(known === undefined ? {} : { status: known }),
    ...(owner === '' ? {} : { owner }),
    ...(target === '' ? {} : { target }),
    ...(trigger === '' ? {} : { trigger }),
    ...(stage === undefined || kind === 'deferred' ? {} : { stage }),
    ...(kind === 'requirement' && /^required|^must/i.test(decision) && context.launch ? { launch: true } : {}),
  });
}

/** The status that a row names, in words or with a sign. */
function statusIn(row: Row): TrackStatus | undefined {
  const status = textOf(row, 'status');
  return statusOf(status) ?? statusOfAnswer(status);
}

function pendingOf(row: Row): string[] {
  const parts = cellsOf(row, 'pending').flatMap((cell) => spelledOut(cell).split(/\s*;\s*/));
  return parts.filter((part) => part !== '' && !saysNothing(part));
}

/** Cells whose links are evidence of nothing, or are kept elsewhere: the page of a person proves no control. */
const NO_PROOF: ReadonlySet<Role> = new Set(['evidence', 'pending', 'owner']);

/** What the cells of evidence name, and the links of the others. */
function evidenceOf(row: Row): EvidenceLink[] {
  const others = row.cells.filter((_, index) => !NO_PROOF.has(row.roles[index] ?? 'other'));
  return eachOnce([
    ...cellsOf(row, 'evidence').flatMap((cell) => (saysNothing(cell.text) ? [] : linksOf(cell))),
    ...others.flatMap(linksIn),
  ]);
}

function kindOf(context: Context, row: Row): ItemKind {
  const isDeferred =
    DEFERS.test(textOf(row, 'decision')) || (row.roles.includes('trigger') && textOf(row, 'decision') === '');
  if (isDeferred || context.kind === 'deferred') return 'deferred';
  if (row.roles.includes('size')) return 'sizing';
  if (context.kind === 'gap' || context.kind === 'backlog') return context.kind;
  return 'requirement';
}

/** Every cell that has no field of its own becomes a note under its column's name. */
function notesOf(row: Row, also: readonly Role[]): Note[] {
  const noted: readonly Role[] = ['why', 'size', 'metrics', 'number', 'other', 'trigger', ...also];
  const names = row.roles.indexOf('name');
  return row.cells.flatMap((cell, index) => {
    const role = row.roles[index] ?? 'other';
    const repeats = row.roles.indexOf(role) !== index && role !== 'evidence' && role !== 'pending';
    const links = role === 'owner' && linksIn(cell).length > 0;
    if (cell.text === '' || index === names || (!noted.includes(role) && !repeats && !links)) return [];
    return [{ label: row.header[index]?.text || 'Note', text: links ? spelledOut(cell) : cell.text }];
  });
}
