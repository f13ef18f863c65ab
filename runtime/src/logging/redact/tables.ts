/**
 * Secrets in tables, where the name of a column stands above its values or a name and its value share a line: the tables of psql, MySQL and
 * Markdown, CSV and TSV, and columns that blanks align.
 */
import { isQuantity, type SecretKeys } from './keys.ts';
import { ABOUT } from './sentences.ts';
import { REDACTED } from './shapes.ts';

const BARS = /[|│┃║]/;
const CELLS = /[^|│┃║]+/g;
/** A line that only rules off: `---+---`, `|:--|--:|`, `├──┼──┤`. */
const RULE = /^[\s|│┃║+\-=:─━═┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝┏┳┓┣╋┫┗┻┛]*[-=─━═]{2,}[\s|│┃║+\-=:─━═┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝┏┳┓┣╋┫┗┻┛]*$/;
const NAME = /^["'`*_]{0,2}[\p{L}][\p{L}\w .$-]{0,63}["'`*_]{0,2}$/u;
/** Names of CSV have no blanks, as prose between commas has. */
const FIELD_NAME = /^["']?\p{L}[\p{L}\w.$-]{0,63}["']?$/u;
/** By the mark that separates them. */
const FIELDS: Readonly<Record<string, RegExp>> = {
  '\t': /[^\t]+/g,
  ',': /"(?:[^"]|"")*"|[^,"]+/g,
  ';': /"(?:[^"]|"")*"|[^;"]+/g,
};
/** Not a dash that says there is none. */
const VALUE = /[\p{L}\p{N}]|.{4}/u;
const MAX_LINE = 4096;
/** A name and its value, with a tab or blanks that align between them, and nothing else on the line. */
const ALIGNED = /^([ \t]*)([A-Za-z][\w.-]{0,63})(\t[ \t]*|[ \t]{2,})(\S+)[ \t]*$/;

interface Table {
  /** Pieces of a line that are cells, in order. */
  readonly cells: RegExp;
  readonly secret: ReadonlySet<number>;
  readonly count: number;
}

export function redactTables(text: string, keys: SecretKeys): string {
  if (!/[\t\n|│┃║]| {2}/.test(text)) return text;
  const lines = text.split('\n');
  let table: Table | undefined;
  let changed = false;
  const out = lines.map((line, at) => {
    if (line.length > MAX_LINE) return line;
    if (table !== undefined && (RULE.test(line) || cellsOf(line, table.cells).length === table.count)) {
      const safe = RULE.test(line) ? line : withoutCells(line, table);
      changed ||= safe !== line;
      return safe;
    }
    table = tableBelow(line, lines[at + 1] ?? '', keys);
    const safe = table === undefined ? pairRedacted(line, keys) : line;
    changed ||= safe !== line;
    return safe;
  });
  return changed ? out.join('\n') : text;
}

/** The table whose head this line is, if one of its columns is a secret: one of bars has a rule or a row of as many cells below it, as CSV has. */
function tableBelow(head: string, next: string, keys: SecretKeys): Table | undefined {
  if (next === '' || next.length > MAX_LINE) return undefined;
  const cells = BARS.test(head) ? CELLS : FIELDS[/[\t,;]/.exec(head)?.[0] ?? ''];
  if (cells === undefined) return undefined;
  const names = cellsOf(head, cells).map((cell) => cell.text.trim());
  const secret = new Set([...names.keys()].filter((index) => isColumn(bare(names[index] ?? ''), keys)));
  if (secret.size === 0 || names.length < 2 || !names.every((name) => (cells === CELLS ? NAME : FIELD_NAME).test(name)))
    return undefined;
  const isHead = cells === CELLS ? RULE.test(next) : cellsOf(next, cells).length === names.length;
  return isHead ? { cells, secret, count: names.length } : undefined;
}

/** Heads of more words are sentences: "condition to pass". */
function isColumn(name: string, keys: SecretKeys): boolean {
  return name.split(/\s+/).length <= 2 && keys.isSecret(name);
}

interface Cell {
  readonly text: string;
  readonly start: number;
}

/** Blank cells at the edges are those of a frame. */
function cellsOf(line: string, cells: RegExp): Cell[] {
  const all = [...line.matchAll(cells)].map((match): Cell => ({ text: match[0], start: match.index }));
  return cells !== CELLS ? all : all.filter(({ text }, at) => text.trim() !== '' || (at > 0 && at < all.length - 1));
}

function withoutCells(line: string, { cells, secret }: Table): string {
  let out = '';
  let done = 0;
  for (const [at, cell] of cellsOf(line, cells).entries()) {
    const value = cell.text.trim();
    if (!secret.has(at) || !VALUE.test(value)) continue;
    const start = cell.start + cell.text.indexOf(value);
    out += `${line.slice(done, start)}${REDACTED}`;
    done = start + value.length;
  }
  return out + line.slice(done);
}

/** A line of a name and its value. */
function pairRedacted(line: string, keys: SecretKeys): string {
  if (BARS.test(line)) {
    const [name, value, more] = cellsOf(line, CELLS);
    if (name === undefined || value === undefined || more !== undefined) return line;
    const isName =
      (/^\s*[|│┃║]/.test(line) || /^\s*\S+\s*$/.test(name.text)) &&
      NAME.test(name.text.trim()) &&
      keys.isSecret(bare(name.text));
    return isName ? withoutCells(line, { cells: CELLS, secret: new Set([1]), count: 2 }) : line;
  }
  const [, , name = '', , value = ''] = ALIGNED.exec(line) ?? [];
  return value !== '' && !ABOUT.test(value) && !isQuantity(name, value) && keys.isSecret(name)
    ? `${line.slice(0, line.lastIndexOf(value))}${REDACTED}`
    : line;
}

function bare(name: string): string {
  return name.trim().replace(/^["'`*_]+|["'`*_]+$/g, '');
}
