import type { CheckRow } from '../model/report.ts';

const MARK = /(?:#|\/\/)\s*launchgate-ignore\b(?<rest>.*)$/;
const COMPLETE = /^\s+(?<control>[a-z0-9-]+)\s+until=(?<until>\d{4}-\d{2}-\d{2})\s+reason="(?<reason>[^"]+)"\s*$/;

/**
 * Inline ignores: `# launchgate-ignore CONTROL until=2026-12-31 reason="why"` on the finding's line or the line above.
 * Reason and expiry are required, and they serve `check` only: the gate never reads them.
 *
 * Applies the ignores found beside each finding; one that is malformed or over says so in the row
 * instead of silencing it.
 */
export function applyIgnores(
  rows: readonly CheckRow[],
  textOf: (path: string) => string | undefined,
  today: string,
): CheckRow[] {
  const lines = new Map<string, readonly string[]>();
  return rows.map((row) => {
    if (row.location === undefined || row.outcome === 'pass') return row;
    const { path, line } = row.location;
    if (!lines.has(path)) lines.set(path, textOf(path)?.split(/\r\n|\r|\n/) ?? []);
    const file = lines.get(path) ?? [];
    for (const text of [file[line - 1], file[line - 2]]) {
      const applied = text === undefined ? undefined : silence(row, text, today);
      if (applied !== undefined) return applied;
    }
    return row;
  });
}

function silence(row: CheckRow, text: string, today: string): CheckRow | undefined {
  const rest = MARK.exec(text)?.groups?.['rest'];
  if (rest === undefined) return undefined;
  const groups = COMPLETE.exec(rest)?.groups as { control: string; until: string; reason: string } | undefined;
  if (groups === undefined || !isDay(groups.until)) {
    return {
      ...row,
      message: `${row.message} (an ignore beside it is not honoured: write launchgate-ignore ${row.control} until=YYYY-MM-DD reason="…")`,
    };
  }
  const { control, until, reason } = groups;
  if (control !== row.control) return undefined;
  if (until < today) return { ...row, message: `${row.message} (its ignore expired on ${until})` };
  return { ...row, ignored: { reason, until } };
}

/** Whether the calendar has the day: 30 February is none, and would never be over. */
function isDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}
