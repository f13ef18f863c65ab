/** Patterns of `rule_files`, as Go's `filepath.Glob` reads them, less its classes of characters. */
export function ruleFilePattern(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  return new RegExp(`^${source}$`);
}

/** Whether a pattern names a file by its name alone, which is all that tells where files are mounted. */
export function namesByLast(pattern: string, path: string): boolean {
  return ruleFilePattern(lastOf(pattern)).test(lastOf(path));
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
