import { DirectiveCollector, indentOf, numbered, type DirectiveFile, usableLines } from './lines.ts';
import { redisWords } from './redis-words.ts';

/**
 * Reads redis.conf: one directive a line, its name in lower case. `user` lines read as in an ACL file.
 * An `include` is a directive and a problem: what it brings in is not read, and may override the rest.
 */
export function readRedisConf(text: string, path: string): DirectiveFile {
  const file = new DirectiveCollector(path);
  for (const { text: line, line: number } of usableLines(file, numbered(text))) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const column = indentOf(line);
    const [name, ...args] = redisWords(line) ?? [];
    if (name === undefined) {
      file.problem('a quote is not closed', number, column);
      continue;
    }
    const key = name.toLowerCase();
    file.add(key, key === 'user' ? mergeSelectors(args) : args, number, column);
    if (key === 'include') file.problem('a file is included here, which is not read', number, column);
  }
  return file;
}

/** Selectors `(+get ~key*)` are one argument each, however many words they have. */
export function mergeSelectors(words: readonly string[]): string[] {
  const merged: string[] = [];
  let open: string[] | undefined;
  for (const word of words) {
    if (open === undefined && word.startsWith('(') && !word.endsWith(')')) open = [word];
    else if (open === undefined) merged.push(word);
    else {
      open.push(word);
      if (!word.endsWith(')')) continue;
      merged.push(open.join(' '));
      open = undefined;
    }
  }
  return open === undefined ? merged : [...merged, ...open];
}
