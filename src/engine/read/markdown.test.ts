import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMarkdown } from './markdown.ts';

describe('headings', () => {
  it('reads both styles and passes over front matter, lists and code', () => {
    const text =
      '---\ntitle: x\n---\n# One #\nTwo\n===\nThree\n---\n- item\n---\n```\n# not\n```\n####### seven\n#nospace\n### C#\n';
    expect(readMarkdown(text).headings).toEqual([
      { level: 1, text: 'One', line: 4 },
      { level: 1, text: 'Two', line: 5 },
      { level: 2, text: 'Three', line: 7 },
      { level: 3, text: 'C#', line: 16 },
    ]);
  });
});

describe('links', () => {
  it('reads inline, reference, automatic and bare ones, and images', () => {
    const text =
      'See [x](y.md "t"), [r][id], [id], <https://a.b>, https://c.d/e. ![i](p(1).png) `[n](o)` [none]\n\n[ID]: http://z "t"\n';
    const { links } = readMarkdown(text);
    expect(links.map(({ target }) => target).sort()).toEqual([
      'http://z',
      'http://z',
      'https://a.b',
      'https://c.d/e',
      'p(1).png',
      'y.md',
    ]);
    expect(links.every(({ line }) => line === 1)).toBe(true);
  });

  it('does not read links in code', () => {
    expect(readMarkdown('```\n[a](b)\n```\n').links).toEqual([]);
  });
});

describe('fences', () => {
  it('reads language and text, and one that is not closed', () => {
    expect(readMarkdown('~~~sh x\nkubectl get pods\n```\n~~~\n````\n```\n').fences).toEqual([
      { language: 'sh', text: 'kubectl get pods\n```', line: 1 },
      { language: '', text: '```\n', line: 5 },
    ]);
  });
});

describe('placeholders', () => {
  it.each([
    ['TODO: write this', ['TODO']],
    ['Owner: TBD', ['TBD']],
    ['<!-- FIXME -->', ['FIXME']],
    ['Call <your team> at ???', ['???', '<your team>']],
    ['<...>', ['<...>']],
    ['[insert number here]', ['[insert number here]']],
    ['```sh\nkubectl delete pod <pod> # TODO\n```', ['TODO']],
  ])('%j', (text, expected) => {
    expect(readMarkdown(text).placeholders.map((placeholder) => placeholder.text)).toEqual(expected);
  });

  it.each([
    'a todo list',
    '<br/> <a href="x">y</a> <details open>',
    '<https://a.b> <me@x.y>',
    '`kubectl delete pod <pod>`',
    '```sh\nkubectl delete pod <pod>\n```',
    'a < b and c > d',
  ])('%j has none', (text) => {
    expect(readMarkdown(text).placeholders).toEqual([]);
  });
});

describe('hostile input', () => {
  it('answers for long repetitions', () => {
    for (const piece of [
      '[',
      '](',
      '[a](',
      '<a',
      '`',
      '```\n',
      '#',
      '# ',
      '[a]:',
      '(',
      '*',
      '\n',
      '~~~\n',
      '<!--',
      'http://',
      '---\n',
    ])
      expect(readMarkdown(piece.repeat(100_000))).toBeDefined();
  });

  it('answers for every text', () => {
    const pieces = fc.constantFrom(
      'a',
      '# ',
      '\n',
      '```',
      '~~~',
      '[',
      ']',
      '(',
      ')',
      '<',
      '>',
      ':',
      'TODO',
      '---\n',
      '===\n',
      '`',
      'https://x',
      '\r\n',
    );
    fc.assert(fc.property(fc.array(pieces), (parts) => void readMarkdown(parts.join(''))));
  });
});
