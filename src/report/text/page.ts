import type { HumanOptions } from '../context.ts';
import type { Tone } from './style.ts';
import { visible } from './visible.ts';
import { displayWidth, pad, wrap } from './width.ts';

/** Shown of one list before it is cut, unless the reader asks for all of it. */
const LIST_LIMIT = 5;

/** Lines of text for one width and style. Methods return lines; nothing is written. */
export interface Page {
  readonly width: number;
  readonly verbose: boolean;
  paint(tone: Tone, text: string): string;
  /** Text from a repository or a person: made visible, wrapped and indented. */
  text(indent: number, text: string, tone?: Tone): string[];
  /** Wrapped text behind a label on its first line, made visible like the text. */
  labelled(indent: number, label: string, text: string, tone?: Tone): string[];
  /** A path stays on one line however long it is, so that terminals and editors can open it. */
  path(indent: number, place: string): string[];
  /** Rows in aligned columns where they fit, else each cell on a line of its own. */
  columns(indent: number, rows: readonly (readonly string[])[], tones: readonly (Tone | undefined)[]): string[];
  /** A blank line, a heading with its count, and the lines; nothing where there are no lines. */
  section(title: string, count: number | undefined, lines: readonly string[]): string[];
  /** The first few of a list, then how many are left. */
  few<T>(indent: number, items: readonly T[], show: (item: T) => readonly string[]): string[];
}

export function pageOf(options: HumanOptions): Page {
  const width = Math.min(200, Math.max(40, Math.floor(options.width)));
  const paint = (tone: Tone | undefined, text: string): string =>
    tone === undefined ? text : options.style(tone, text);
  const text: Page['text'] = (indent, content, tone) =>
    wrap(visible(content).trim(), width - indent).map((line) => ' '.repeat(indent) + paint(tone, line));

  return {
    width,
    verbose: options.verbose,
    paint,
    text,
    labelled: (indent, given, content, tone) => {
      const label = visible(given);
      const hang = indent + displayWidth(label) + 2;
      if (hang > width / 2) return [' '.repeat(indent) + paint(tone, label), ...text(indent + 2, content)];
      return text(hang, content).map((line, index) =>
        index === 0 ? `${' '.repeat(indent)}${paint(tone, label)}  ${line.trimStart()}` : line,
      );
    },
    path: (indent, place) => (place === '' ? [] : [' '.repeat(indent) + paint('path', visible(place))]),
    columns: (indent, rows, tones) => {
      const cells = rows.map((row) => row.map(visible));
      const widths = tones.map((_, column) => Math.max(0, ...cells.map((row) => displayWidth(row[column] ?? ''))));
      const total = indent + widths.reduce((sum, each) => sum + each + 2, -2);
      if (total > width) {
        return cells.flatMap(([head = '', ...rest]) => [
          ...text(indent, head, tones[0]),
          ...rest.flatMap((cell, index) => (cell === '' ? [] : text(indent + 2, cell, tones[index + 1]))),
        ]);
      }
      return cells.map((row) =>
        `${' '.repeat(indent)}${row
          .map((cell, column) => {
            const padded = column === row.length - 1 ? cell : pad(cell, widths[column] ?? 0);
            return padded.trim() === '' ? padded : paint(tones[column], cell) + padded.slice(cell.length);
          })
          .join('  ')}`.trimEnd(),
      );
    },
    section: (title, count, lines) =>
      lines.length === 0
        ? []
        : ['', paint('heading', title) + (count === undefined ? '' : ` ${paint('quiet', String(count))}`), ...lines],
    few: (indent, items, show) => {
      const shown = options.verbose ? items : items.slice(0, LIST_LIMIT);
      const left = items.length - shown.length;
      return [
        ...shown.flatMap(show),
        ...(left === 0 ? [] : [' '.repeat(indent) + paint('quiet', `and ${left} more (--verbose shows all)`)]),
      ];
    },
  };
}
