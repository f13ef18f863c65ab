import { DirectiveCollector, indentOf, numbered, type DirectiveFile, usableLines } from './lines.ts';
import { mergeSelectors } from './redis-conf.ts';
import { redisWords } from './redis-words.ts';

/** Reads an ACL file of Redis: directives `user`, their arguments the user's name and then its rules in order. */
export function readRedisAcl(text: string, path: string): DirectiveFile {
  const file = new DirectiveCollector(path);
  for (const { text: line, line: number } of usableLines(file, numbered(text))) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const column = indentOf(line);
    const [keyword, ...args] = redisWords(line) ?? [];
    if (keyword !== 'user' || args.length === 0) file.problem('expected "user NAME RULES…"', number, column);
    else file.add('user', mergeSelectors(args), number, column);
  }
  return file;
}
