import { DirectiveCollector, LONGEST_LINE, indentOf, linesOf, type DirectiveFile } from './lines.ts';

/**
 * Reads an env file: a directive for each variable, its value the one argument, none for a name that is only passed on.
 * Double quotes know `\n`, `\r`, `\t`, `\"`, `\\` and may span lines; single quotes keep everything; ` #` ends a bare value.
 */
export function readEnvFile(text: string, path: string): DirectiveFile {
  const file = new DirectiveCollector(path);
  const lines = linesOf(text);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (/^\s*(?:#|$)/.test(line)) continue;
    const column = indentOf(line);
    if (line.length > LONGEST_LINE) {
      file.problem(`the line has more than ${LONGEST_LINE} characters`, index + 1);
      continue;
    }
    const head = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*(=?)/.exec(line);
    const [matched = '', name, equals] = head ?? [];
    const rest = line.slice(matched.length);
    if (name === undefined || (equals === '' && rest.trim() !== '')) {
      file.problem('expected "NAME=value"', index + 1, column);
      continue;
    }
    if (equals === '') {
      file.add(name, [], index + 1, column);
      continue;
    }
    const value = valueOf(lines, index, rest.trimStart());
    if (value === undefined) file.problem(`the quote of ${name} is not closed`, index + 1, column);
    else file.add(name, [value.text], index + 1, column);
    index = value?.last ?? index;
  }
  return file;
}

/** The value that starts with `first` and the index of the line it ends on; `undefined` where its quote is never closed. */
function valueOf(lines: readonly string[], start: number, first: string): { text: string; last: number } | undefined {
  const quote = /^["'`]/.exec(first)?.[0];
  if (quote === undefined) return { text: first.replace(/(?:^|\s)#.*$/, '').trimEnd(), last: start };
  const parts: string[] = [];
  for (let index = start; index < Math.min(lines.length, start + LONGEST_VALUE); index += 1) {
    const line = index === start ? first.slice(1) : (lines[index] ?? '');
    const end = closing(line, quote);
    parts.push(end < 0 ? line : line.slice(0, end));
    if (end >= 0) return { text: quote === '"' ? unescape(parts.join('\n')) : parts.join('\n'), last: index };
  }
  return undefined;
}

/** Most lines of a value in quotes; a private key has fifty. */
const LONGEST_VALUE = 500;

function closing(line: string, quote: string): number {
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === '\\' && quote === '"') at += 1;
    else if (line[at] === quote) return at;
  }
  return -1;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function unescape(text: string): string {
  return text.replaceAll(/\\([nrt"\\$])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}
