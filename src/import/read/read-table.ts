import type { Table } from './outline.ts';
import { addDraft, addProse, type Context, type Reading } from './reading.ts';
import type { Rich } from './rich.ts';
import type { ItemKind, Note } from '../types.ts';
import { linksOf } from './fields.ts';
import { stageOf, statusOf } from './vocabulary.ts';

type Role =
  | 'name'
  | 'decision'
  | 'why'
  | 'trigger'
  | 'size'
  | 'metrics'
  | 'status'
  | 'owner'
  | 'target'
  | 'scope'
  | 'evidence'
  | 'pending'
  | 'done-when'
  | 'number'
  | 'other';

const ROLES: readonly (readonly [Role, RegExp])[] = [
  ['number', /^(?:#|no\.?|nr\.?|id|ref)$/i],
  ['trigger', /re-?evaluate|revisit|reconsider|trigger|until when|\bunless\b/i],
  ['done-when', /done when|definition of done|acceptance|exit criteri|success criteri/i],
  ['status', /^(?:current )?(?:status|state|progress)$/i],
  ['owner', /owner|responsible|\bdri\b|assignee|accountable|\blead\b/i],
  ['target', /target|due|deadline|milestone|\beta\b|timeline|phase|\bwhen\b/i],
  ['evidence', /evidence|proof|artifact|\blinks?\b/i],
  ['pending', /pending|remaining|outstanding|open items|blockers?|next steps?/i],
  ['scope', /scope|deliverables/i],
  ['size', /\bsiz(?:e|ing)\b|replicas|capacity|instances?|\bvcpu|memory|baseline/i],
  ['metrics', /metrics?|indicators?|signals?|\bkpis?\b/i],
  ['decision', /decision|stance|required|priority|verdict|disposition|\bmvp\b|must|requirement level/i],
  ['why', /why|rationale|reason|purpose|notes?|comments?|description|details|remarks?/i],
  [
    'name',
    /capabilit|component|control|requirement|item|area|layer|service|feature|topic|what|track|work ?stream|gap|risk|name|task/i,
  ],
];

const DEFERS = /^(?:defer(?:red)?|not (?:now|yet|required)|later|postponed?|out of scope|no|won'?t)\b/i;

/** Reads every row of a table into an item, by what the names of its columns say. */
export function readTable(reading: Reading, context: Context, table: Table): void {
  reading.book.claim(table.headerLines, 'heading', context.headings.at(-1));
  const roles = rolesOf(table.header);
  for (const row of table.rows) {
    if (row.cells.every((cell) => cell.text === '')) addProse(reading, context, row.lines);
    else readRow(reading, context, { header: table.header, roles, cells: row.cells, lines: row.lines });
  }
}

interface Row {
  readonly header: readonly Rich[];
  readonly roles: readonly Role[];
  readonly cells: readonly Rich[];
  readonly lines: readonly number[];
}

function rolesOf(header: readonly Rich[]): Role[] {
  const roles: Role[] = header.map((cell) => ROLES.find(([, words]) => words.test(cell.text))?.[0] ?? 'other');
  // The first column that is no number names the thing, whatever it is called.
  const first = roles.findIndex((role) => role !== 'number');
  return roles.map((role, index) => (index === first ? 'name' : role === 'name' ? 'other' : role));
}

function readRow(reading: Reading, context: Context, row: Row): void {
  const kind = kindOf(context, row);
  const title = textOf(row, 'name') || row.cells.find((cell) => cell.text !== '')?.text || '';
  const [decision, doneWhen] = [textOf(row, 'decision'), textOf(row, 'done-when')];
  const [status, target, owner] = [textOf(row, 'status'), textOf(row, 'target'), textOf(row, 'owner')];
  const trigger = textOf(row, 'trigger');
  const known = statusOf(status);
  const stage = stageOf(target);
  const notes = notesOf(row, known === undefined ? ['status'] : []);
  addDraft(reading, context, {
    kind,
    lines: row.lines,
    title,
    statement: doneWhen || (decision === '' ? title : `${title}: ${decision}`),
    notes,
    scope: textOf(row, 'scope')
      .split(/\s*;\s*/)
      .filter((part) => part !== ''),
    evidence: cellsOf(row, 'evidence').flatMap(linksOf),
    pending: cellsOf(row, 'pending')
      .map((cell) => cell.text)
      .filter((text) => text !== ''),
    ...(doneWhen === '' ? {} : { doneWhen }),
    ...(known === undefined ? {} : { status: known }),
    ...(owner === '' ? {} : { owner }),
    ...(target === '' ? {} : { target }),
    ...(trigger === '' ? {} : { trigger }),
    ...(stage === undefined || kind === 'deferred' ? {} : { stage }),
    ...(kind === 'requirement' && /^required|^must/i.test(decision) && context.launch ? { launch: true } : {}),
  });
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
    if (cell.text === '' || index === names || (!noted.includes(role) && !repeats)) return [];
    return [{ label: row.header[index]?.text ?? '', text: cell.text }];
  });
}

function textOf(row: Row, role: Role): string {
  return row.cells[row.roles.indexOf(role)]?.text ?? '';
}

function cellsOf(row: Row, role: Role): Rich[] {
  return row.cells.filter((_, index) => row.roles[index] === role);
}
