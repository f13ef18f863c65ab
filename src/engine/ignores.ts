import type { CheckRow } from '../model/report.ts';
import { LITERAL_HEAD } from './locate.ts';
import { didYouMean } from './spec/suggest.ts';

const MARK = /(?:#|\/\/)\s*launchgate-ignore\b(?<rest>.*)$/;
const COMMENT = /^\s*(?:#|\/\/)/;
const COMPLETE = /^\s+(?<control>[a-z0-9-]+)\s+until=(?<until>\d{4}-\d{2}-\d{2})\s+reason="(?<reason>[^"]+)"\s*$/;

/**
 * Inline ignores: `# launchgate-ignore CONTROL until=2026-12-31 reason="why"` on the finding's line or the line above, and likewise beside
 * the head of the literal block (`run: |`) that the line is a part of, since not every text can hold a comment. Above a line several may stand
 * one under the other, because several controls may find fault with it.
 * Reason and expiry are required, and they serve `check` only: the gate never reads them.
 *
 * Applies the ignores found beside each finding; one that is malformed, over, or for a control that is not among those `known` says so in
 * the row instead of silencing it.
 */
export function applyIgnores(
  rows: readonly CheckRow[],
  textOf: (path: string) => string | undefined,
  today: string,
  known: ReadonlySet<string>,
): CheckRow[] {
  const lines = new Map<string, readonly string[]>();
  return rows.map((row) => {
    if (row.location === undefined || row.outcome === 'pass') return row;
    const { path, line } = row.location;
    if (!lines.has(path)) lines.set(path, textOf(path)?.split(/\r\n|\r|\n/) ?? []);
    const file = lines.get(path) ?? [];
    const head = headOfBlock(file, line);
    const besides = head === undefined ? [line] : [line, head];
    const applied = besides
      .flatMap((one) => beside(file, one))
      .flatMap((text) => silence(row, text, today, known) ?? []);
    return applied.find(({ ignored }) => ignored !== undefined) ?? applied[0] ?? row;
  });
}

/** The one-based line and the one above; where that is a comment, the comments above it as well. Nearest first. */
function beside(lines: readonly string[], line: number): string[] {
  const isComment = (index: number): boolean => COMMENT.test(lines[index] ?? '');
  let first = line - 2;
  while (isComment(first) && isComment(first - 1)) first -= 1;
  return lines.slice(Math.max(0, first), line).toReversed();
}

/** The one-based line that begins the literal block around a line: the nearest above that is indented less than all between. */
function headOfBlock(lines: readonly string[], line: number): number | undefined {
  let indent = indentOf(lines[line - 1] ?? '');
  for (let above = line - 1; above > 0 && indent > 0; above -= 1) {
    const text = lines[above - 1] ?? '';
    if (text.trim() === '' || indentOf(text) >= indent) continue;
    if (LITERAL_HEAD.test(text)) return above;
    indent = indentOf(text);
  }
  return undefined;
}

function indentOf(text: string): number {
  return text.search(/\S|$/);
}

/** The row as an ignore of this text leaves it; `undefined` where it holds none, or one of another control. */
function silence(row: CheckRow, text: string, today: string, known: ReadonlySet<string>): CheckRow | undefined {
  const rest = MARK.exec(text)?.groups?.['rest'];
  if (rest === undefined) return undefined;
  const groups = COMPLETE.exec(rest)?.groups as { control: string; until: string; reason: string } | undefined;
  if (groups === undefined || !isDay(groups.until) || groups.reason.trim() === '') {
    const [meant = row.control] = rest.trim().split(/\s/);
    if (meant !== row.control && known.has(meant)) return undefined;
    return {
      ...row,
      message: `${row.message} (an ignore beside it is not honoured: write launchgate-ignore ${row.control} until=YYYY-MM-DD reason="…")`,
    };
  }
  const { control, until, reason } = groups;
  if (!known.has(control))
    return {
      ...row,
      message: `${row.message} (an ignore beside it is for "${control}", which is no control${didYouMean(control, known)})`,
    };
  if (control !== row.control) return undefined;
  if (until < today) return { ...row, message: `${row.message} (its ignore expired on ${until})` };
  return { ...row, ignored: { reason, until } };
}

/** Whether the calendar has the day: 30 February is none, and would never be over. */
function isDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}
