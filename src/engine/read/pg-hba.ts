import { DirectiveCollector, indentOf, joinContinued, linesOf, type DirectiveFile, usableLines } from './lines.ts';

const TYPES = new Set(['local', 'host', 'hostssl', 'hostnossl', 'hostgssenc', 'hostnogssenc']);
const INCLUDES = new Set(['include', 'include_if_exists', 'include_dir']);
/** Words that mean something special unless they are quoted. */
const KEYWORDS = new Set(['all', 'sameuser', 'samerole', 'samegroup', 'replication', 'samehost', 'samenet']);

/**
 * Reads pg_hba.conf: a directive for each record, its name the connection type, its arguments `database, user, address, method,
 * option…`. The first record that matches decides. The address of a `local` record is empty; an address with a mask is `ADDRESS MASK`.
 * A quoted word keeps its quotes where they take a special meaning away (`"all"`). Includes, and lists in files (`@file`), are problems.
 */
export function readPgHba(text: string, path: string): DirectiveFile {
  const file = new DirectiveCollector(path);
  for (const { text: record, line } of usableLines(file, joinContinued(linesOf(text)))) {
    const fields = fieldsOf(record);
    if (fields === undefined) file.problem('a quote is not closed', line, indentOf(record));
    else if (fields.length > 0) addRecord(file, fields, line, indentOf(record));
  }
  return file;
}

function addRecord(file: DirectiveCollector, fields: readonly string[], line: number, column: number): void {
  const [type = '', ...rest] = fields;
  if (INCLUDES.has(type)) {
    file.add(type, rest, line, column);
    return file.problem('a file is included here, which is not read', line, column);
  }
  if (!TYPES.has(type))
    return file.problem(
      `${JSON.stringify(type)} is no connection type, expected ${[...TYPES].join(', ')}`,
      line,
      column,
    );
  const args = type === 'local' ? [...rest.slice(0, 2), '', ...rest.slice(2)] : withMask(rest);
  if (args.length < 4 || rest.length < (type === 'local' ? 3 : 4)) {
    const expected = type === 'local' ? 'database, user and method' : 'database, user, address and method';
    return file.problem(`expected ${expected} after ${type}`, line, column);
  }
  file.add(type, args, line, column);
  if (args.slice(0, 2).some((field) => /(?:^|,)@/.test(field)))
    file.problem('names are listed in another file, which is not read', line, column);
}

/** A bare IP address has its mask in the next field. */
function withMask(rest: readonly string[]): string[] {
  const [database = '', user = '', address = '', next = '', ...others] = rest;
  const isBare = /^[\d.]+$|^[\da-fA-F]*:[\da-fA-F:.]*$/.test(address);
  const isMask = /^[\d.]+$|:/.test(next);
  return isBare && isMask ? [database, user, `${address} ${next}`, ...others] : [...rest];
}

/** Fields apart from the comment; a list with spaces after its commas is one field. */
function fieldsOf(record: string): string[] | undefined {
  const fields: string[] = [];
  let field = '';
  let quoted: string | undefined;
  const close = (): void => {
    if (field !== '' && !field.endsWith(',')) {
      fields.push(field);
      field = '';
    }
  };
  for (const char of record) {
    if (quoted !== undefined) {
      if (char === '"') {
        field += requote(quoted);
        quoted = undefined;
      } else quoted += char;
    } else if (char === '"') quoted = '';
    else if (char === '#') break;
    else if (/\s/.test(char)) close();
    else field += char;
  }
  if (quoted !== undefined) return undefined;
  if (field !== '') fields.push(field);
  return fields;
}

function requote(word: string): string {
  return KEYWORDS.has(word) || /[\s,#]|^[+@/]|^$/.test(word) ? `"${word}"` : word;
}
