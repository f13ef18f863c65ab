import { DirectiveCollector, indentOf, linesOf, type DirectiveFile } from './lines.ts';

const SETTING = /^\s*([A-Za-z_][\w.$]*)\s*(?:=\s*|\s)('(?:[^'\\]|''|\\.)*'|[^\s#'][^\s#]*)\s*(?:#.*)?$/;

/** Longest line that is looked at; no setting comes near. */
const LONGEST = 8192;

/**
 * Reads postgresql.conf: a directive for each setting, its name in lower case, its value the one argument. The last of several wins.
 * An include is a directive and a problem: what it brings in is not read, and may override the rest.
 */
export function readPostgresConf(text: string, path: string): DirectiveFile {
  const file = new DirectiveCollector(path);
  for (const [index, line] of linesOf(text).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const setting = line.length > LONGEST ? null : SETTING.exec(line);
    const column = indentOf(line);
    const [, name, value] = setting ?? [];
    if (name === undefined || value === undefined) {
      file.problem('expected "name = value"', index + 1, column);
      continue;
    }
    const key = name.toLowerCase();
    file.add(key, [valueOf(value)], index + 1, column);
    if (/^include(?:_if_exists|_dir)?$/.test(key))
      file.problem('a file is included here, which is not read', index + 1, column);
  }
  return file;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function valueOf(source: string): string {
  if (!source.startsWith("'")) return source;
  return source.slice(1, -1).replaceAll(/''|\\([0-7]{1,3})|\\(.)/g, (whole, octal?: string, letter?: string) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    return letter === undefined ? "'" : (ESCAPES[letter] ?? letter);
  });
}
