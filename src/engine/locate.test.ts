import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryTree } from '../../test/fixture-platform.ts';
import { locate, locatePointer } from './locate.ts';
import { parseYamlDocuments } from './read/yaml.ts';

const TEXT = `# head
---
a: 1
b:
  - x: 1
    "y": {z: [1, 2]}
  - plain
---
base: &base
  k: 1
list:
  - *base
d:
  <<: *base
  e: 2
  f: *base
g: !tag &anchor
  h: 3
`;

describe('locatePointer', () => {
  it.each([
    [0, [], 3, 1],
    [0, ['b'], 4, 1],
    [0, ['b', 0], 5, 5],
    [0, ['b', 0, 'y'], 6, 5],
    [0, ['b', 0, 'y', 'z', 1], 6, 18],
    [0, ['b', 1], 7, 5],
    [1, ['list', 0, 'k'], 10, 3],
    [1, ['d', 'k'], 10, 3],
    [1, ['d', 'f', 'k'], 10, 3],
    [1, ['g', 'h'], 18, 3],
  ] as const)('document %i, %j', (document, pointer, line, column) => {
    expect(locatePointer(TEXT, document, pointer)).toEqual({ line, column });
  });

  it('answers the deepest ancestor that exists', () => {
    expect(locatePointer(TEXT, 0, ['b', 7, 'q'])).toEqual({ line: 4, column: 1 });
    expect(locatePointer(TEXT, 1, ['d', 'missing', 'deeper'])).toEqual({ line: 13, column: 1 });
    expect(locatePointer(TEXT, 0, ['a', 'b'])).toEqual({ line: 3, column: 1 });
  });

  it('knows no place in a document that is not there or cannot be parsed', () => {
    expect(locatePointer(TEXT, 2, [])).toBeUndefined();
    expect(locatePointer('a: [', 0, ['a'])).toBeUndefined();
    expect(locatePointer('', 0, [])).toBeUndefined();
  });

  it('counts broken and empty documents as the reader does', () => {
    const text = '---\n---\na: [\n---\nb: 1\n';
    const { documents } = parseYamlDocuments(text, { dialect: 'kubernetes', path: 'a.yaml' });
    expect(documents).toMatchObject([{ index: 2 }]);
    expect(locatePointer(text, 2, ['b'])).toEqual({ line: 5, column: 1 });
  });

  it('ends for merges that lead back to themselves', () => {
    expect(locatePointer('a: &a\n  <<: *a\n  b: 1\n', 0, ['a', 'x'])).toEqual({ line: 1, column: 1 });
  });

  it('finds keys in JSON and with Windows line ends', () => {
    expect(locatePointer('{"a": {\n  "b": [1, {"c": 2}]}}', 0, ['a', 'b', 1, 'c'])).toEqual({ line: 2, column: 13 });
    expect(locatePointer('a: 1\r\nb:\r\n  c: 2\r\n', 0, ['b', 'c'])).toEqual({ line: 3, column: 3 });
  });

  it('counts columns in UTF-16 code units', () => {
    expect(locatePointer('{"😀": 1, b: 2}', 0, ['b'])).toEqual({ line: 1, column: 11 });
  });

  it('finds every key that the reader found', () => {
    const key = fc.stringMatching(/^[a-z]{1,6}$/);
    const tree = fc.letrec((tie) => ({
      node: fc.oneof({ maxDepth: 4 }, fc.integer(), fc.dictionary(key, tie('node')), fc.array(tie('node'))),
    })).node;
    fc.assert(
      fc.property(fc.dictionary(key, tree), (document) => {
        const text = JSON.stringify(document, undefined, 2);
        for (const name of Object.keys(document)) {
          const place = locatePointer(text, 0, [name]);
          expect(text.split('\n')[(place?.line ?? 0) - 1]?.slice((place?.column ?? 0) - 1)).toMatch(`"${name}":`);
        }
      }),
    );
  });
});

describe('locate', () => {
  const tree = memoryTree({
    'a.yaml': 'a: 1\n---\nb:\n  c: 2\n',
    'renovate.json5': '// x\n{\n  a:1,\n  b: {c: 2}\n}\n',
  });

  it('finds a value of a file', () => {
    expect(locate(tree, { path: 'a.yaml', document: 1, pointer: ['b', 'c'] })).toEqual({
      path: 'a.yaml',
      line: 4,
      column: 3,
    });
    expect(locate(tree, { path: 'renovate.json5', document: 0, pointer: ['b', 'c'] })).toMatchObject({ line: 4 });
  });

  it('keeps the place that a reader gave', () => {
    expect(locate(tree, { path: 'main.tf', line: 7, column: 3 })).toEqual({ path: 'main.tf', line: 7, column: 3 });
  });

  it('names the file alone for an origin without a pointer', () => {
    expect(locate(tree, { path: 'a.yaml' })).toEqual({ path: 'a.yaml', line: 1, column: 1 });
  });

  it('knows no place in a file that is not there', () => {
    expect(locate(tree, { path: 'gone.yaml', pointer: ['a'] })).toBeUndefined();
  });
});

describe('locate, inside a text', () => {
  const tree = memoryTree({
    'map.yaml': 'data:\n  # c\n  a.conf: |\n    one\n    two\n  b.conf: "one\\ntwo"\n',
    'list.yaml': 'args:\n  - -c\n  - |\n    one\n    two\nfolded: >-\n  one\n\n  two\n',
    'a.conf': 'one\ntwo\n',
  });

  it.each([
    [{ path: 'map.yaml', document: 0, pointer: ['data', 'a.conf'], textLine: 2 }, 5, 5],
    [{ path: 'map.yaml', document: 0, pointer: ['data', 'b.conf'], textLine: 2 }, 6, 3],
    [{ path: 'map.yaml', document: 0, pointer: ['data', 'a.conf'], textLine: 99 }, 3, 3],
    [{ path: 'list.yaml', document: 0, pointer: ['args', 1], textLine: 2 }, 5, 5],
    [{ path: 'list.yaml', document: 0, pointer: ['folded'], textLine: 2 }, 6, 1],
    [{ path: 'a.conf', textLine: 2 }, 2, 1],
  ])('%j stands at line %d, column %d', (origin, line, column) => {
    expect(locate(tree, origin)).toEqual({ path: origin.path, line, column });
  });
});
