import { htmlText } from './escape.ts';

/** GitHub refuses a comment of more characters; some are left for whoever adds a line of their own. */
export const COMMENT_LIMIT = 65_536 - 1_000;

/** A part of a document that is left out as a whole rather than cut inside. */
export interface Part {
  /** What it holds, as a plural: "findings". */
  readonly of: string;
  /** Lines before and after its items; both stay when some items go. */
  readonly head: readonly string[];
  readonly items: readonly string[];
  readonly tail: readonly string[];
}

/**
 * Joins the parts within the limit. Parts come in the order of their weight: the first keeps all its items if it can, and
 * each says how many it had to leave out. The end is always kept.
 */
export function withinLimit(start: string, parts: readonly Part[], end: string, limit = COMMENT_LIMIT): string {
  let left = limit - start.length - end.length - 2;
  const written: string[] = [];
  for (const part of parts) {
    if (part.items.length === 0) continue;
    const frame = [...part.head, ...part.tail, cutNote(part.items.length, part.of)].join('\n').length + 4;
    const kept = fitting(part.items, left - frame);
    if (left < frame) {
      const note = `\n${cutNote(part.items.length, part.of)}`;
      if (left > note.length) written.push(note);
      left -= note.length + 1;
      continue;
    }
    const missing = part.items.length - kept.length;
    const text = [...part.head, ...kept, ...part.tail, ...(missing === 0 ? [] : ['', cutNote(missing, part.of)])].join(
      '\n',
    );
    written.push(text);
    left -= text.length + 1;
  }
  return [start, ...written, end].join('\n');
}

/** A table behind a summary that opens it. The cells are Markdown, the summary is text. */
export function foldedTable(
  of: string,
  summary: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): Part {
  return {
    of,
    head: [
      '',
      `<details><summary>${htmlText(summary)}</summary>`,
      '',
      `| ${columns.join(' | ')} |`,
      `| ${columns.map(() => '---').join(' | ')} |`,
    ],
    items: rows.map((row) => `| ${row.join(' | ')} |`),
    tail: ['', '</details>'],
  };
}

function fitting(items: readonly string[], room: number): string[] {
  const kept: string[] = [];
  let used = 0;
  for (const item of items) {
    used += item.length + 1;
    if (used > room) break;
    kept.push(item);
  }
  return kept;
}

function cutNote(count: number, of: string): string {
  return `_${count} ${of} left out: a comment holds no more. The JSON report has all of them._`;
}
