/** Tables written in HTML, as wikis and word processors export them, become tables of Markdown: `<tr><td>Backups</td>…`. */
import { Parser } from 'htmlparser2';
import { BLANK, type Piece } from './lines.ts';

/** A cell that stands for more than this many rows or columns is a mistake. */
const LONGEST_SPAN = 50;

/** Writes each table of at least two rows and two columns with bars. What no table ends is left as it is. */
export function unfoldHtmlTables(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  const ends = tableEnds(pieces);
  for (let at = 0; at < pieces.length; at += 1) {
    const end = BEGINS_TABLE.test(pieces[at]?.text ?? '') ? ends.get(at) : undefined;
    const rows = end === undefined ? [] : rowsOf(pieces.slice(at, end + 1));
    if (end === undefined || rows.length < 2 || rows.every(({ cells }) => cells.length < 2)) {
      result.push(pieces[at] ?? BLANK);
      continue;
    }
    const width = Math.max(...rows.map(({ cells }) => cells.length));
    result.push(BLANK, ...rows.map(({ cells, lines }) => ({ text: barred(cells, width), lines })), BLANK);
    at = end;
  }
  return result;
}

const BEGINS_TABLE = /^\s*(?:<\w[^>]*>\s*)*<table\b/i;

/** By the line that begins a table, the line that ends it. A table that nothing ends has none, and hides no other. */
function tableEnds(pieces: readonly Piece[]): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  let open: number[] = [];
  for (const [index, { text, literal }] of pieces.entries()) {
    if (literal) open = [];
    for (const [tag] of literal ? [] : text.matchAll(/<\/?table\b/gi)) {
      if (tag.startsWith('</')) ends.set(open.pop() ?? -1, index);
      else open.push(index);
    }
  }
  return ends;
}

interface HtmlRow {
  readonly cells: string[];
  readonly lines: readonly number[];
}

function rowsOf(pieces: readonly Piece[]): HtmlRow[] {
  const reader = new TableReader();
  const parser: Parser = new Parser({
    onopentag: (name, attributes) => reader.open(name, attributes, parser.startIndex),
    ontext: (text) => reader.text(text),
    onclosetag: (name) => reader.close(name, parser.endIndex),
  });
  parser.end(pieces.map(({ text }) => text).join('\n'));
  const starts = startsOf(pieces);
  return reader.rows.map(({ cells, from, to }) => ({
    cells,
    lines: pieces.filter((_, at) => starts[at]! <= to && starts[at + 1]! > from).flatMap(({ lines }) => lines),
  }));
}

/** Where each line begins in the text of all, and where the text ends. */
function startsOf(pieces: readonly Piece[]): number[] {
  const starts = [0];
  for (const { text } of pieces) starts.push(starts.at(-1)! + text.length + 1);
  return starts;
}

function barred(cells: readonly string[], width: number): string {
  const all = Array.from({ length: width }, (_, at) => (cells[at] ?? '').replaceAll(/\s+/g, ' ').trim());
  return `| ${all.map((cell) => cell.replaceAll(/(?<!\\)\|/g, String.raw`\|`)).join(' | ')} |`;
}

/** What stands around the text of an element in Markdown. */
const AROUND: Readonly<Record<string, readonly [string, string]>> = {
  br: [' ', ''],
  code: ['`', '`'],
  del: ['~~', '~~'],
  div: [' ', ' '],
  li: [' ', '; '],
  p: [' ', ' '],
  s: ['~~', '~~'],
  strike: ['~~', '~~'],
};

type Attributes = Readonly<Record<string, string>>;

class TableReader {
  readonly rows: { cells: string[]; from: number; to: number }[] = [];
  private depth = 0;
  private cell: { text: string; columns: number; rows: number } | undefined;
  private readonly links: string[] = [];
  /** By column: rows below that a cell from above takes. */
  private readonly taken = new Map<number, number>();

  open(name: string, attributes: Attributes, at: number): void {
    if (name === 'table') this.depth += 1;
    else if (this.depth > 1) this.text(' ');
    else if (name === 'tr') this.rows.push({ cells: [], from: at, to: at });
    else if (name === 'td' || name === 'th')
      this.cell = { text: '', columns: spanOf(attributes['colspan']), rows: spanOf(attributes['rowspan']) };
    else if (name === 'a') {
      this.links.push(attributes['href'] ?? '');
      this.text(this.links.at(-1) === '' ? '' : '[');
    } else if (name === 'img') this.text(attributes['alt'] ?? '');
    else if (name === 'input' && attributes['type'] === 'checkbox')
      this.text('checked' in attributes ? '[x] ' : '[ ] ');
    else this.text(AROUND[name]?.[0] ?? '');
  }

  text(text: string): void {
    if (this.cell !== undefined) this.cell.text += text;
  }

  close(name: string, at: number): void {
    if (name === 'table') this.depth -= 1;
    else if (this.depth > 1) this.text(' ');
    else if (name === 'tr') this.endRow(at);
    else if (name === 'td' || name === 'th') this.endCell();
    else if (name === 'a') {
      const link = this.links.pop() ?? '';
      this.text(link === '' ? '' : `](${link})`);
    } else this.text(AROUND[name]?.[1] ?? '');
  }

  private endCell(): void {
    const { cell } = this;
    const row = this.rows.at(-1);
    this.cell = undefined;
    if (cell === undefined || row === undefined) return;
    this.passTaken(row.cells);
    for (let column = 0; column < cell.columns; column += 1) {
      if (cell.rows > 1) this.taken.set(row.cells.length, cell.rows - 1);
      row.cells.push(column === 0 ? cell.text.replace(/;\s*$/, '') : '');
    }
  }

  private endRow(at: number): void {
    const row = this.rows.at(-1);
    if (row === undefined) return;
    this.passTaken(row.cells);
    row.to = at;
  }

  /** A cell from above leaves its place in this row empty. */
  private passTaken(cells: string[]): void {
    for (let left = this.taken.get(cells.length) ?? 0; left > 0; left = this.taken.get(cells.length) ?? 0) {
      this.taken.set(cells.length, left - 1);
      cells.push('');
    }
  }
}

function spanOf(written: string | undefined): number {
  const span = Number(written ?? 1);
  return Number.isInteger(span) && span > 0 ? Math.min(span, LONGEST_SPAN) : 1;
}
