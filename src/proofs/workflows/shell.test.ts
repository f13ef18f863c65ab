import { expect, it } from 'vitest';
import { commandsOf } from './shell.ts';

const texts = (script: string): string[] => commandsOf(script).map(({ text }) => text);

it.each([
  ['a && b; c | d', ['a', 'b', 'c', 'd']],
  ['npx --yes eslint .', ['eslint .']],
  ['CI=1 FOO="a b" poetry run pytest -q', ['pytest -q']],
  ['helm upgrade x \\\n  --install', ['helm upgrade x    --install']],
  ['# npm audit\nnpm test # npm audit', ['npm test']],
  ['echo "a; npm audit && b"', ['echo "a; npm audit && b"']],
  ['cat <<EOF\nnpm audit\nEOF\nls', ['cat <<EOF', 'ls']],
  ['if make lint; then tsc; fi', ['make lint', 'tsc', 'fi']],
  ['make 2>&1 >log', ['make 2>&1 >log']],
  ['', []],
])('%j', (script, expected) => {
  expect(texts(script)).toEqual(expected);
});

it('knows when a failure is ignored', () => {
  expect(commandsOf('npm audit || true').map(({ ignored }) => ignored)).toEqual([true, false]);
  expect(commandsOf('npm audit || exit 1')[0]?.ignored).toBe(false);
});

it('reads a hostile script at once', () => {
  for (const part of ['"', "'", '\\', '# ', 'A=', '<<E\n', '( ', '&& ']) commandsOf(part.repeat(100_000));
});
