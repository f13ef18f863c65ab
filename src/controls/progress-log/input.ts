import type { Query } from '../../model/control.ts';
import type { Origin } from '../../model/origin.ts';

/** What was written under one date. */
export interface Entry {
  readonly date: string;
  readonly text: string;
  readonly origin: Origin;
}

export interface Progress {
  /** Markdown pages with dated entries in the order of the file. Which of them is the log, the params say. */
  readonly pages: readonly { readonly path: string; readonly entries: readonly Entry[] }[];
  /** Drills that the spec says were held, with the day. */
  readonly held: readonly { readonly drill: string; readonly last: string }[];
}

/** A date that begins a heading, a list item, a row of a table or a line. */
const DATED = /^\s*(?:#{1,6}\s+|[-*+]\s+|\|\s*)?(?:\*\*|\[)?(\d{4}-\d{2}-\d{2})\b/;

export function progress(): Query<Progress> {
  return ({ spec, texts }) => ({
    pages: texts('markdown')
      .map(({ path, text }) => ({ path, entries: entriesOf(path, text) }))
      .filter(({ entries }) => entries.length > 0),
    held: spec.drills.flatMap(({ drill, last }) => (last === undefined ? [] : [{ drill, last }])),
  });
}

function entriesOf(path: string, text: string): Entry[] {
  const entries: { date: string; lines: string[]; origin: Origin }[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const date = DATED.exec(line)?.[1];
    if (date !== undefined) entries.push({ date, lines: [line], origin: { path, line: index + 1, column: 1 } });
    else entries.at(-1)?.lines.push(line);
  }
  return entries.map(({ date, lines, origin }) => ({ date, text: lines.join('\n').trim(), origin }));
}
