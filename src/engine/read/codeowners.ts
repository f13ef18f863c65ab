import { DirectiveCollector, indentOf, numbered, type DirectiveFile, usableLines } from './lines.ts';

const OWNER = /^(?:@[\w.-]+(?:\/[\w.-]+)*|[^@\s]+@[^@\s]+\.[^@\s]+)$/;

/**
 * Reads CODEOWNERS: one directive a rule, its name the pattern, its arguments the owners, none where the rule takes ownership away.
 * Later rules win. A section of GitLab is a directive whose name is `[Section]`. A line that the forge ignores is a problem.
 */
export function readCodeowners(text: string, path: string): DirectiveFile {
  const file = new DirectiveCollector(path);
  for (const { text: line, line: number } of usableLines(file, numbered(text))) {
    const words = wordsOf(line);
    const [pattern, ...owners] = words;
    if (pattern === undefined) continue;
    if (path.startsWith('.gitlab/') && /^\^?\[/.test(pattern)) {
      file.add(sectionOf(line), ownersOfSection(line), number, indentOf(line));
      continue;
    }
    const wrong = owners.find((owner) => !OWNER.test(owner));
    if (/^!|^\[/.test(pattern))
      file.problem(`GitHub ignores the pattern ${JSON.stringify(pattern)}`, number, indentOf(line));
    else if (wrong !== undefined) {
      file.problem(`${JSON.stringify(wrong)} is no owner, expected @user, @org/team or an e-mail address`, number);
    } else file.add(pattern, owners, number, indentOf(line));
  }
  return file;
}

/** Words apart from comments; a backslash keeps a space or `#` in the pattern. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/(?:\\.|[^\s\\])+/g)) {
    if (word.startsWith('#')) break;
    words.push(word.replaceAll(/\\([\s#])/g, '$1'));
  }
  return words;
}

function sectionOf(line: string): string {
  return /\[[^\]]*\]/.exec(line)?.[0] ?? line.trim();
}

function ownersOfSection(line: string): string[] {
  return line
    .slice(line.lastIndexOf(']') + 1)
    .split(/\s+/)
    .filter((word) => OWNER.test(word));
}
