import { createTwoFilesPatch } from 'diff';

/** A unified diff that `git apply` and `patch -p1` take; a new file is written against /dev/null. */
export function unifiedDiff(path: string, before: string | undefined, after: string): string {
  const old = before === undefined ? '/dev/null' : `a/${path}`;
  const patch = createTwoFilesPatch(old, `b/${path}`, before ?? '', after, '', '', { context: 3 });
  return patch.replace(/^=+\n/, '').replaceAll(/^(---|\+\+\+) (\S+)\t$/gm, '$1 $2');
}
