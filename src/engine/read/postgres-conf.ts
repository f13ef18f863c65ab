import { DirectiveCollector, indentOf, numbered, type DirectiveFile, usableLines } from './lines.ts';

/**
 * Reads postgresql.conf: a directive for each setting, its name in lower case, its value the one argument. The last of several wins.
 * An include is a directive and a problem: what it brings in is not read, and may override the rest.
 */
export function readPostgresConf(text: string, path: string): DirectiveFile {
  const file = new DirectiveCollector(path);
  for (const { text: line, line: number } of usableLines(file, numbered(text))) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const column = indentOf(line);
    const [name, value] = settingOf(line.trim()) ?? [];
    if (name === undefined || value === undefined) {
      file.problem('expected "name = value"', number, column);
      continue;
    }
    const key = name.toLowerCase();
    file.add(key, [valueOf(value)], number, column);
    if (/^include(?:_if_exists|_dir)?$/.test(key))
      file.problem('a file is included here, which is not read', number, column);
  }
  return file;
}

/** Name and value, the value as it is written; the `=` may be left out. */
function settingOf(line: string): [string, string] | undefined {
  const name = /^[A-Za-z_][\w.$]*/.exec(line)?.[0];
  if (name === undefined) return undefined;
  const after = line.slice(name.length).trimStart();
  const right = after.startsWith('=') ? after.slice(1).trimStart() : after;
  const value = /^(?:'(?:[^'\\]|''|\\.)*'|[^\s#'=][^\s#]*)/.exec(right)?.[0];
  if (value === undefined || !/^\s*(?:#|$)/.test(right.slice(value.length))) return undefined;
  return [name, value];
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function valueOf(source: string): string {
  if (!source.startsWith("'")) return source;
  return source.slice(1, -1).replaceAll(/''|\\([0-7]{1,3})|\\(.)/g, (whole, octal?: string, letter?: string) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    return letter === undefined ? "'" : (ESCAPES[letter] ?? letter);
  });
}
