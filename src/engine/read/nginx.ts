import type { Directive } from '../../model/document.ts';
import type { DirectiveFile } from './lines.ts';
import { NginxScanner, type NginxToken } from './nginx-tokens.ts';
import type { ReadProblem } from './stream.ts';

/** Deepest nesting of blocks that is read; nginx itself has four or five. */
const MAX_DEPTH = 64;

interface OpenBlock {
  readonly directives: Directive[];
  /** The block's own words, undefined for the file itself. */
  readonly head: readonly NginxToken[];
}

/**
 * Reads an nginx configuration into nested directives, their arguments without quotes. A block has `children`, if only none;
 * the code of a `…_by_lua_block` is its last argument. Variables and includes stay as written: files a wildcard include names are read
 * by themselves. Braces that do not match are a problem; what is complete is read all the same.
 */
export function readNginx(text: string, path: string): DirectiveFile {
  const problems: ReadProblem[] = [];
  const open: OpenBlock[] = [{ directives: [], head: [] }];
  let words: NginxToken[] = [];
  const scanner = new NginxScanner(text);
  for (let token = scanner.next(); token !== undefined; token = scanner.next()) {
    const block = open.at(-1);
    if (block === undefined) break;
    if (token.kind === 'word') words.push(token);
    else if (token.kind === 'problem') problems.push({ message: token.text, line: token.line, column: token.column });
    else if (token.kind === ';') {
      if (words.length > 0) block.directives.push(directive(words, path));
      words = [];
    } else if (token.kind === '{') {
      if (isLua(words)) block.directives.push({ ...directive(words, path, scanner.takeLua()), children: [] });
      else open.push({ directives: [], head: words });
      words = [];
      if (open.length > MAX_DEPTH) {
        problems.push({ message: `blocks nest deeper than ${MAX_DEPTH}`, line: token.line, column: token.column });
        break;
      }
    } else closeBlock(open, words.splice(0), token, path, problems);
  }
  for (const unfinished of [...words.slice(0, 1), ...open.slice(1).flatMap((block) => block.head.slice(0, 1))])
    problems.push({ message: `${unfinished.text} is not ended`, line: unfinished.line, column: unfinished.column });
  while (open.length > 1) closeTop(open, path);
  return { directives: open[0]?.directives ?? [], problems };
}

function closeBlock(
  open: OpenBlock[],
  words: readonly NginxToken[],
  token: NginxToken,
  path: string,
  problems: ReadProblem[],
): void {
  const [first] = words;
  if (first !== undefined)
    problems.push({ message: 'expected ";" before "}"', line: first.line, column: first.column });
  if (open.length === 1) problems.push({ message: 'a "}" too many', line: token.line, column: token.column });
  else closeTop(open, path);
}

function closeTop(open: OpenBlock[], path: string): void {
  const block = open.pop();
  if (block !== undefined) open.at(-1)?.directives.push({ ...directive(block.head, path), children: block.directives });
}

function directive(words: readonly NginxToken[], path: string, ...more: string[]): Directive {
  const [name, ...args] = words;
  return {
    name: name?.text ?? '',
    args: [...args.map((word) => word.text), ...more],
    origin: { path, line: name?.line ?? 1, column: name?.column ?? 1 },
  };
}

function isLua(words: readonly NginxToken[]): boolean {
  return words[0]?.text.endsWith('_by_lua_block') === true;
}
