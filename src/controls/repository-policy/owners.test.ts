import { expect, it } from 'vitest';
import { ownership } from './owners.ts';

function unowned(rules: [pattern: string, ...owners: string[]][], files: string[]): readonly string[] {
  const directives = rules.map(([name, ...args]) => ({ name, args, origin: { path: 'CODEOWNERS' } }));
  return ownership([{ class: 'codeowners', path: 'CODEOWNERS', directives }], files).unowned;
}

const FILES = ['.github/workflows/ci.yml', 'a/b/main.tf', 'a/main.tf', 'app/Dockerfile'];

it.each([
  ['*', []],
  ['.github/', ['a/b/main.tf', 'a/main.tf', 'app/Dockerfile']],
  ['/a/*', ['.github/workflows/ci.yml', 'a/b/main.tf', 'app/Dockerfile']],
  ['/a/', ['.github/workflows/ci.yml', 'app/Dockerfile']],
  ['b/', ['.github/workflows/ci.yml', 'a/main.tf', 'app/Dockerfile']],
  ['*.tf', ['.github/workflows/ci.yml', 'app/Dockerfile']],
  ['**/main.tf', ['.github/workflows/ci.yml', 'app/Dockerfile']],
  ['a/**/main.tf', ['.github/workflows/ci.yml', 'app/Dockerfile']],
  ['Dockerfile', ['.github/workflows/ci.yml', 'a/b/main.tf', 'a/main.tf']],
  ['/b/', FILES],
])('%s', (pattern, expected) => {
  expect(unowned([[pattern, '@acme/sre']], FILES)).toEqual(expected);
});

it('lets the last rule win, and one without owners takes ownership away', () => {
  expect(unowned([['*', '@a'], ['/a/']], FILES)).toEqual(['a/b/main.tf', 'a/main.tf']);
});

it('uses the file that GitHub uses', () => {
  const empty = { class: 'codeowners' as const, directives: [] };
  expect(
    ownership(
      [
        { ...empty, path: 'docs/CODEOWNERS' },
        { ...empty, path: '.github/CODEOWNERS' },
      ],
      [],
    ).path,
  ).toBe('.github/CODEOWNERS');
});
