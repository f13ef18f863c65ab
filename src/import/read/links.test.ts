import { expect, test } from 'vitest';
import { eachOnce, linksIn, linksOf, spelledOut } from './links.ts';
import { outline } from './outline.ts';
import type { Rich } from './rich.ts';

/** The first paragraph of a text. */
function rich(text: string): Rich {
  const pieces = text.split('\n').map((line, index) => ({ text: line, lines: [index + 1] }));
  const [block] = outline(pieces)[0]?.blocks ?? [];
  if (block === undefined || block.shape === 'table') throw new Error(`no text in ${text}`);
  return block.rich;
}

test('evidence keeps addresses and paths beside Markdown links, and words that are neither', () => {
  expect(linksOf(rich('[a](https://x.org/a), [b **c**](https://x.org/b) and https://x.org/c.'))).toEqual([
    { title: 'a', link: 'https://x.org/a' },
    { title: 'b c', link: 'https://x.org/b' },
    { title: 'https://x.org/c', link: 'https://x.org/c' },
  ]);
  expect(linksOf(rich('[dash](docs/a.md); `docs/b.md`, seen by Bo, n/a'))).toEqual([
    { title: 'dash', link: 'docs/a.md' },
    { title: 'docs/b.md', link: 'docs/b.md' },
    { title: 'seen by Bo' },
    { title: 'n/a' },
  ]);
  expect(linksOf(rich('Runs: [one](a/1) and https://x.org/2'))).toEqual([
    { title: 'Runs', link: 'a/1' },
    { title: 'Runs', link: 'https://x.org/2' },
  ]);
});

test('words beside a link are of its title', () => {
  expect(
    linksOf(rich('see [run 1](https://x.org/1) passed in May, [run 2](https://x.org/2) (see https://x.org/3)')),
  ).toEqual([
    { title: 'see run 1 passed in May', link: 'https://x.org/1' },
    { title: 'run 2', link: 'https://x.org/2' },
    { title: 'see https://x.org/3', link: 'https://x.org/3' },
  ]);
  expect(linksOf(rich('Runs: see [the run](https://x.org/1)'))).toEqual([{ title: 'Runs', link: 'https://x.org/1' }]);
});

test('an address inside a sentence is a link with the sentence as its title', () => {
  expect(linksOf(rich('see https://x.org/c_(2) for the run (or https://x.org/d).'))).toEqual([
    { title: 'see https://x.org/c_(2) for the run (or https://x.org/d).', link: 'https://x.org/c_(2)' },
    { title: 'see https://x.org/c_(2) for the run (or https://x.org/d).', link: 'https://x.org/d' },
  ]);
  expect(linksOf(rich('make check'))).toEqual([{ title: 'make check' }]);
});

test('links of a text: Markdown, references, HTML, pictures, without words; none into the document itself', () => {
  const text = [
    '[a](b/c) [r] <https://x.org/auto> <a class="k" href="https://x.org/html">page</a> ![shot](s.png) [](https://x.org/bare) [up](#top)',
    '',
    '[r]: https://x.org/ref',
  ].join('\n');
  expect(linksIn(rich(text))).toEqual([
    { title: 'a', link: 'b/c' },
    { title: 'r', link: 'https://x.org/ref' },
    { title: 'https://x.org/auto', link: 'https://x.org/auto' },
    { title: 'page', link: 'https://x.org/html' },
    { title: 'shot', link: 's.png' },
    { title: 'https://x.org/bare', link: 'https://x.org/bare' },
  ]);
});

test('what is kept as words spells addresses out', () => {
  expect(spelledOut(rich('[OPS-12](https://x.org/12) by <https://x.org/me>'))).toBe(
    'OPS-12 (https://x.org/12) by https://x.org/me',
  );
});

test('a link counts once, however often it stands there', () => {
  const [a, b] = [
    { title: 'a', link: 'x' },
    { title: 'b', link: 'x' },
  ];
  expect(eachOnce([a, { title: 'words' }, b, { title: 'words' }])).toEqual([a, { title: 'words' }, { title: 'words' }]);
});
