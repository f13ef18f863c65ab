import { linksIn } from './links.ts';
import type { Table } from './outline.ts';
import { addDraft, addProse, type Context, type Reading } from './reading.ts';

const ROLE = /^(?:roles?|functions?|titles?|teams?|stakeholders?|departments?)$/i;
const PERSON = /^(?:names?|approvers?|reviewers?|signator(?:y|ies)|persons?|people|who)$/i;
const SIGNED = /^(?:signatures?|signed(?:[ -](?:off|by|on))?|sign[ -]?off|approv(?:al|ed)(?: by| on)?)\??$/i;
const SIGNING = /\b(?:sign[ -]?offs?|approvals?|approvers|signatures?|signatories)\b/i;

const VERSION = /^(?:versions?|rev(?:ision)?s?\.?|dates?)$/i;
const CHANGED = /^(?:authors?|by|changed by|changes?|descriptions?|summary|what changed|comments?|notes?|versions?)$/i;

/** Reads a table that is about who signs, or who changed the document: it lists no requirement. False for any other. */
export function readPeopleTable(reading: Reading, context: Context, table: Table): boolean {
  const names = table.header.map(({ text }) => text.trim());
  if (isHistory(names)) {
    for (const row of table.rows) addProse(reading, context, row.lines);
    return true;
  }
  if (!isForSigning(names, context)) return false;
  const role = names.findIndex((name) => ROLE.test(name));
  const person = names.findIndex((name) => PERSON.test(name));
  for (const row of table.rows) readSigner(reading, context, { header: names, row, role, person });
  return true;
}

function isHistory([first = '', ...others]: readonly string[]): boolean {
  return VERSION.test(first) && others.some((name) => CHANGED.test(name));
}

/** Roles or persons in front, and a column or a heading that speaks of signing. */
function isForSigning(names: readonly string[], { headings }: Context): boolean {
  const [first = ''] = names;
  if (!ROLE.test(first) && !PERSON.test(first)) return false;
  return names.some((name) => SIGNED.test(name)) || SIGNING.test(headings.at(-1) ?? '');
}

function readSigner(
  reading: Reading,
  context: Context,
  of: { header: readonly string[]; row: Table['rows'][number]; role: number; person: number },
): void {
  const { header, row, role, person } = of;
  const at = (row.cells[role]?.text ?? '') === '' ? person : role;
  const who = row.cells[at]?.text ?? '';
  if (who === '') {
    addProse(reading, context, row.lines);
    return;
  }
  reading.roles.push({ text: who, line: row.lines[0] ?? 0 });
  const notes = row.cells.flatMap(({ text }, index) =>
    text === '' || index === at ? [] : [{ label: header[index] ?? 'Note', text }],
  );
  addDraft(reading, context, {
    kind: 'sign-off',
    lines: row.lines,
    title: `Sign-off by ${who}`,
    statement: `Sign-off by ${who}`,
    notes,
    evidence: row.cells.flatMap(linksIn),
  });
}
