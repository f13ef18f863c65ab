import type { Directive } from '../../model/document.ts';
import type { ReadProblem } from './stream.ts';

/** What a line-based file says, and the lines that could not be understood. */
export interface DirectiveFile {
  readonly directives: readonly Directive[];
  readonly problems: readonly ReadProblem[];
}

/** A line with its one-based number; one that continues on the next is joined with it, without the mark. */
export interface LogicalLine {
  readonly text: string;
  readonly line: number;
}

/** The lines of a text, ended by LF, CRLF or CR. */
export function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}

/** Index of the first line at or after `from` that fits; -1 when none does. */
export function findLine(lines: readonly string[], from: number, fits: (line: string) => boolean): number {
  for (let index = from; index < lines.length; index += 1) if (fits(lines[index] ?? '')) return index;
  return -1;
}

/** Joins lines that end with a backslash to the next, as PostgreSQL does. */
export function joinContinued(lines: readonly string[]): LogicalLine[] {
  const joined: LogicalLine[] = [];
  let parts: string[] = [];
  for (const [index, line] of lines.entries()) {
    const continues = line.endsWith('\\') && index + 1 < lines.length;
    parts.push(continues ? line.slice(0, -1) : line);
    if (continues) continue;
    joined.push({ text: parts.join(''), line: index + 2 - parts.length });
    parts = [];
  }
  return joined;
}

/** Longest line that is read; no format here has any near it, and patterns stay cheap below it. */
export const LONGEST_LINE = 16 * 1024;

/** The lines of a file with their numbers; one that is too long is a problem instead. */
export function usableLines(file: DirectiveCollector, lines: readonly LogicalLine[]): LogicalLine[] {
  return lines.filter(({ text, line }) => {
    if (text.length <= LONGEST_LINE) return true;
    file.problem(`the line has more than ${LONGEST_LINE} characters`, line);
    return false;
  });
}

/** Each line by itself. */
export function numbered(text: string): LogicalLine[] {
  return linesOf(text).map((line, index) => ({ text: line, line: index + 1 }));
}

/** Collects directives and problems of one file, with their places. */
export class DirectiveCollector implements DirectiveFile {
  readonly directives: Directive[] = [];
  readonly problems: ReadProblem[] = [];
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  add(name: string, args: readonly string[], line: number, column: number): void {
    this.directives.push({ name, args, origin: { path: this.path, line, column } });
  }

  problem(message: string, line: number, column = 1): void {
    this.problems.push({ message, line, column });
  }
}

/** One-based column of the first character that is not white space. */
export function indentOf(line: string): number {
  return Math.max(0, line.search(/\S/)) + 1;
}
