import { type Rich, standing } from './rich.ts';
import { saysNothing } from './vocabulary.ts';

/** What a column of a table holds, by its name. */
export type Role =
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

const NUMBER = /^(?:#|no\.?|nr\.?|id|ref)$/i;

const ROLES: readonly (readonly [Role, RegExp])[] = [
  ['number', NUMBER],
  ['trigger', /re-?evaluate|revisit|reconsider|trigger|until when|\bunless\b/i],
  ['done-when', /done when|definition of done|acceptance|exit criteri|success criteri/i],
  ['status', /^(?:(?:current )?(?:status|state|progress|statut)|(?:is )?(?:done|completed?|finished))\??$/i],
  [
    'owner',
    /owner|responsible|\bdri\b|assignee|assigned to|^who\??$|\bpoc\b|accountable|\blead\b|verantwortlich|zuständig|responsable/i,
  ],
  ['target', /target|due|deadline|milestone|\beta\b|timeline|phase|\bwhen\b|\bfrist\b|fällig|échéance/i],
  ['evidence', /evidence|proof|artifact|\blinks?\b/i],
  ['pending', /pending|remaining|outstanding|open items|blockers?|next steps?/i],
  ['scope', /scope|deliverables/i],
  ['size', /\bsiz(?:e|ing)\b|replicas|capacity|instances?|\bvcpu|memory|baseline/i],
  ['metrics', /metrics?|indicators?|signals?|\bkpis?\b/i],
  ['decision', /decision|stance|required|priority|verdict|disposition|\bmvp\b|must|requirement level/i],
  ['why', /why|rationale|reason|purpose|notes?|comments?|description|details|remarks?/i],
  [
    'name',
    /capabilit|component|control|requirement|item|area|layer|service|feature|topic|what|track|work ?stream|gap|risk|name|task|\bcheck\b|question|^q$/i,
  ],
];

const FIELDS: ReadonlySet<Role> = new Set(['status', 'owner', 'target', 'decision', 'trigger', 'evidence', 'pending']);
const NAMES_TRACK = /\b(?:tracks?|work ?streams?|streams?|initiatives?|epics?|programs?|workstream)\b/i;

/** A row of a table with the roles of its cells. */
export interface Row {
  readonly header: readonly Rich[];
  readonly roles: readonly Role[];
  /** Columns of a table of who is responsible and accountable. */
  readonly raci: readonly number[];
  readonly cells: readonly Rich[];
  readonly lines: readonly number[];
}

/**
 * Roles of the columns, one of them `name`: the first that is no number, whatever it is called, or a later one where
 * the first holds a field such as the status, or sorts the rows into groups. The column `ticked` holds the status; those of `raci` are
 * named after somebody; `groups` sorts the rows.
 */
export function rolesOf(header: readonly Rich[], ticked = -1, raci: readonly number[] = [], groups = -1): Role[] {
  const roles: Role[] = header.map((cell, at) => {
    if (raci.includes(at)) return 'other';
    return at === ticked ? 'status' : (ROLES.find(([, words]) => words.test(cell.text))?.[0] ?? 'other');
  });
  const first = roles.findIndex((role) => role !== 'number');
  const later = roles.findIndex((role, at) => role === 'name' && at !== groups);
  const isNoName = FIELDS.has(roles[first] ?? 'other') || (first === groups && later !== -1);
  const named = isNoName
    ? first === ticked && later === -1
      ? roles.findIndex((role, at) => at !== ticked && !FIELDS.has(role) && role !== 'number')
      : later
    : first;
  const name = named === -1 ? first : named;
  return roles.map((role, index) => (index === name ? 'name' : role === 'name' ? 'other' : role));
}

/**
 * The first column that holds words, where it says to what each row belongs and not what it is: it is left empty or repeated below, as a merged
 * cell is written. A track may stand in several rows and is one all the same. -1 where every row has a name of its own.
 */
export function groupColumn(header: readonly Rich[], rows: readonly { readonly cells: readonly Rich[] }[]): number {
  const first = header.findIndex(({ text }) => !NUMBER.test(text));
  const said = rows.map(({ cells }) => cells[first]?.text ?? '');
  const isShared = new Set(said).size < said.length || (said[0] !== '' && said.includes(''));
  return first === -1 || !isShared || NAMES_TRACK.test(header[first]?.text ?? '') ? -1 : first;
}

/** True for a table whose rows are tracks: a status, an owner or a target, and a name or a column that says so. */
export function listsTracks(row: Pick<Row, 'header' | 'roles'>): boolean {
  const has = (role: Role) => row.roles.includes(role);
  if (!has('status') || !(has('owner') || has('target'))) return false;
  const named = NAMES_TRACK.test(row.header[row.roles.indexOf('name')]?.text ?? '');
  return named || has('scope') || has('pending');
}

/** Text of the first cell with the role; empty where there is none. Of a value that was crossed out and replaced, what replaced it; an owner or target that is still to be named is none. */
export function textOf(row: Row, role: Role): string {
  const cell = row.cells[row.roles.indexOf(role)];
  if (cell === undefined) return '';
  if (role === 'status') return standing(cell).text;
  if (role !== 'owner' && role !== 'target') return cell.text;
  const { text } = standing(cell);
  return saysNothing(text) ? '' : text;
}

export function cellsOf(row: Row, role: Role): Rich[] {
  return row.cells.filter((_, index) => row.roles[index] === role);
}

/** Parts of a cell that lists several things. */
export function partsOf(row: Row, role: Role): string[] {
  return cellsOf(row, role)
    .flatMap((cell) => cell.text.split(/\s*;\s*/))
    .filter((part) => part !== '');
}
