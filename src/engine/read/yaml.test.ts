import fc from 'fast-check';
import { loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { parseYamlDocuments } from './yaml.ts';
import { splitDocuments } from './yaml-stream.ts';

const kubernetes = (text: string, path = 'a.yaml') => parseYamlDocuments(text, { dialect: 'kubernetes', path });
const core = (text: string) => parseYamlDocuments(text, { dialect: 'yaml-1.2', path: 'a.yaml' });
const value = (text: string): unknown => kubernetes(text).documents[0]?.value;

describe('scalars as Kubernetes reads them', () => {
  it.each([
    ['yes', true],
    ['On', true],
    ['y', true],
    ['TRUE', true],
    ['no', false],
    ['OFF', false],
    ['N', false],
    ['yEs', 'yEs'],
    ['0777', 511],
    ['0o17', 15],
    ['0x1F', 31],
    ['0b101', 5],
    ['-0x10', -16],
    ['1_000', 1000],
    ['+5', 5],
    ['-0', 0],
    ['08', 8],
    ['1e3', 1000],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['1.', 1],
    ['.inf', Infinity],
    ['-.INF', -Infinity],
    ['1:30', '1:30'],
    ['2024-01-01', '2024-01-01'],
    ['1.2.3', '1.2.3'],
    ['0b', '0b'],
    ['1e999', '1e999'],
    ['~', null],
    ['Null', null],
    ['9223372036854775808', 9223372036854775808],
    ["'yes'", 'yes'],
    ['"0777"', '0777'],
    ['!!str yes', 'yes'],
    ['!!int "0777"', 511],
    ['!!float 1', 1],
    ['!!bool "on"', true],
    ['!!binary aGk=', 'hi'],
  ])('%s', (source, expected) => {
    expect(value(`a: ${source}\n`)).toEqual({ a: expected });
  });

  it('turns keys into strings, as on the way to JSON', () => {
    expect(value('8080: a\nyes: b\n1.5: c\n')).toEqual({ '8080': 'a', true: 'b', '1.5': 'c' });
  });

  it('refuses a value that does not fit its tag', () => {
    expect(kubernetes('a: !!int x\n').problems).toMatchObject([{ line: 1 }]);
    expect(kubernetes('a: !!binary "*"\n').problems).toMatchObject([{ line: 1 }]);
  });
});

describe('YAML 1.2, as GitHub reads it', () => {
  it('keeps on, yes and dates as strings', () => {
    expect(core('on: push\nx: [yes, n, 0777, 1_000, 2024-01-01]\n').documents[0]?.value).toEqual({
      on: 'push',
      x: ['yes', 'n', 777, '1_000', '2024-01-01'],
    });
  });
});

describe('tags, anchors and merges', () => {
  it('ignores tags it does not know, as go-yaml does', () => {
    expect(value('a: !Ref x\nb: !GetAtt [p, q]\nc: !vault |\n  12\nd: !!set {e, f}\n')).toEqual({
      a: 'x',
      b: ['p', 'q'],
      c: '12\n',
      d: { e: null, f: null },
    });
  });

  it('merges by <<, the own key winning, of a list the first', () => {
    const text = 'a: &a {x: 1, w: 1}\nb: &b {x: 2, z: 2}\nc:\n  <<: [*a, *b]\n  w: 3\n';
    expect(value(text)).toMatchObject({ c: { x: 1, w: 3, z: 2 } });
  });

  it('refuses an alias inside what it names', () => {
    const { documents, problems } = kubernetes('a: 1\nb: &b\n  - *b\n');
    expect(documents).toEqual([]);
    expect(problems).toEqual([{ message: 'the alias *b stands inside what it refers to', line: 3, column: 6 }]);
  });

  it('refuses a bomb of aliases without expanding it', () => {
    const levels = Array.from({ length: 30 }, (_, level) => {
      const items = level === 0 ? 'x,'.repeat(9) : `*l${level - 1},`.repeat(9);
      return `l${level}: &l${level} [${items}]`;
    });
    const { documents, problems } = kubernetes(levels.join('\n'));
    expect(documents).toEqual([]);
    expect(problems[0]?.message).toContain('expands to too much');
  });

  it('refuses nesting that only aliases make deep', () => {
    const levels = Array.from(
      { length: 400 },
      (_, level) => `l${level}: &l${level} [${level === 0 ? '' : `*l${level - 1}`}]`,
    );
    expect(kubernetes(levels.join('\n')).problems[0]?.message).toContain('expands to too much');
  });

  it('reads as many plain aliases as people use', () => {
    const text = `a: &a {b: {c: 1}}\nlist:\n${'  - *a\n'.repeat(5000)}`;
    expect(kubernetes(text).problems).toEqual([]);
  });

  it('refuses merges without end', () => {
    const text = `a: &a {${Array.from({ length: 200 }, (_, key) => `k${key}: 1`).join(', ')}}\n${Array.from({ length: 100 }, (_, index) => `m${index}: {<<: *a}\n`).join('')}`;
    expect(kubernetes(text).problems[0]?.message).toContain('merge keys exceeded');
  });
});

describe('keys', () => {
  it('refuses a duplicate and names both lines', () => {
    expect(kubernetes('a:\n  replicas: 1\n  b: 2\n  replicas: 3\n')).toEqual({
      documents: [],
      problems: [{ message: 'the key "replicas" is given twice, first on line 2', line: 4, column: 3 }],
    });
  });

  it('tells keys of the same name in other mappings apart', () => {
    expect(kubernetes('a: {x: 1}\nb: {x: 1}\nc: [{x: 1}, {x: 2}]\n').problems).toEqual([]);
  });

  it.each(['? [a]\n: b\n', ': b\n', '~: b\n', '{{ .x }}: b\n'])('refuses the key of %j', (text) => {
    expect(kubernetes(text).documents).toEqual([]);
    expect(kubernetes(text).problems).toHaveLength(1);
  });

  it('lets __proto__, constructor and the like be mere keys', () => {
    const read = value('__proto__: {polluted: 1}\nconstructor: 1\nhasOwnProperty: 2\n') as Record<string, unknown>;
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(Object.keys(read)).toEqual(['__proto__', 'constructor', 'hasOwnProperty']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('lets merged __proto__ do no harm', () => {
    expect(value('a: &a {__proto__: {x: 1}}\nb: {<<: *a}\n')).toBeDefined();
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('documents', () => {
  it('counts empty ones and leaves them out', () => {
    const { documents } = kubernetes('# only a comment\n---\n---\n# another\n---\na: 1\n...\n---\nb: 2\n');
    expect(documents).toEqual([
      { value: { a: 1 }, index: 2, line: 6 },
      { value: { b: 2 }, index: 3, line: 9 },
    ]);
  });

  it.each(['', '\n\n', '# c\n', '---\n', '---\n...\n', '\uFEFF', '%YAML 1.2\n---\n'])('finds none in %j', (text) => {
    expect(kubernetes(text)).toEqual({ documents: [], problems: [] });
  });

  it('reads the others when one is broken, and names the line of that one', () => {
    const text = 'a: 1\n---\nb: [1\n---\nc: 2\n---\nd: "\n---\ne: 3\n';
    const { documents, problems } = kubernetes(text);
    expect(documents.map(({ index, value, line }) => [index, value, line])).toEqual([
      [0, { a: 1 }, 1],
      [2, { c: 2 }, 5],
      [4, { e: 3 }, 9],
    ]);
    expect(problems.map(({ line }) => line)).toEqual([3, 7]);
  });

  it('reads the others when one has a duplicate key', () => {
    const { documents, problems } = kubernetes('a: 1\na: 2\n---\nb: 1\n');
    expect(documents).toMatchObject([{ index: 1, value: { b: 1 } }]);
    expect(problems).toMatchObject([{ line: 2 }]);
  });

  it('does not take dashes in a block scalar for a boundary, broken neighbours or not', () => {
    const text = 'a: |\n  ---\n  x\n---\nb: [\n---\nc: 1\n';
    expect(kubernetes(text).documents.map(({ value }) => value)).toEqual([{ a: '---\nx\n' }, { c: 1 }]);
  });

  it('reads Windows and old Macintosh line ends', () => {
    expect(kubernetes('a: 1\r\nb: 2\r\n---\r\nc: 3\r\n').documents).toMatchObject([
      { value: { a: 1, b: 2 }, line: 1 },
      { value: { c: 3 }, line: 4 },
    ]);
    expect(kubernetes('a: 1\r---\rb: 2').documents).toMatchObject([{ line: 1 }, { line: 3 }]);
  });

  it('names the line of a tab that indents', () => {
    expect(kubernetes('a:\n\tb: 1\n').problems).toMatchObject([{ line: 2, column: 1 }]);
  });
});

describe('hostile input', () => {
  it.each([
    ['brackets', '['.repeat(100_000)],
    ['braces', '{a: '.repeat(100_000)],
    ['dashes', '- '.repeat(100_000)],
    ['question marks', '? '.repeat(100_000)],
    ['quotes', '"'.repeat(100_001)],
    ['anchors', '&a '.repeat(100_000)],
    ['tags', '!a '.repeat(100_000)],
    ['stars', '*'.repeat(100_000)],
    ['a null byte', 'a: \0'],
    ['lone surrogates', 'a: \uD800'],
  ])('%s are a problem and nothing worse', (_, text) => {
    const { documents, problems } = kubernetes(text);
    expect(documents).toEqual([]);
    expect(problems.length).toBeGreaterThan(0);
  });

  it('reads 200 levels and refuses 300', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    expect(kubernetes(nested(200)).problems).toEqual([]);
    expect(kubernetes(nested(300)).problems).toHaveLength(1);
  });

  it('refuses a file of too many entries before parsing it', () => {
    expect(kubernetes(`[${'1,'.repeat(500_001)}]`).problems[0]?.message).toContain('500000');
    expect(kubernetes('---\n'.repeat(500_001)).problems).toHaveLength(1);
  });

  it('never quotes a value in a problem', () => {
    for (const text of ['password: hunter2: x\n', 'a: !!int hunter2\n', '{"a": hunter2}', 'a: "hunter2\n'])
      for (const path of ['a.yaml', 'a.json'])
        expect(JSON.stringify(kubernetes(text, path).problems)).not.toContain('hunter2');
  });

  it('answers for every text', () => {
    const pieces = fc.constantFrom(
      'a',
      ': ',
      '- ',
      '\n',
      '  ',
      '---\n',
      '...\n',
      '&a ',
      '*a',
      '<<: ',
      '[',
      ']',
      '{',
      '}',
      ',',
      '"',
      "'",
      '|\n',
      '>',
      '!t ',
      '#',
      '? ',
      '%',
      '\t',
      '\r\n',
      '\u2028',
      '\uFEFF',
      '0',
      'yes',
      '\\',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((parts) => parts.join('')),
        ),
        (text) => {
          for (const path of ['a.yaml', 'a.json', 'a.json5']) {
            const { documents, problems } = kubernetes(text, path);
            for (const { value } of documents) expect(value).not.toBeNull();
            for (const { line, column } of problems) expect(Math.min(line, column)).toBeGreaterThanOrEqual(1);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('splits a stream into the documents that the parser finds', () => {
    const pieces = fc.constantFrom(
      'a: 1\n',
      '- b\n',
      '---\n',
      '--- c\n',
      '...\n',
      '# d\n',
      '\n',
      '%YAML 1.2\n',
      'e: |\n  ---\n',
      '--- |\n',
      ' f\n',
      '\r\n',
      '"g\n',
      'h"\n',
    );
    fc.assert(
      fc.property(fc.array(pieces), (parts) => {
        const text = parts.join('');
        let found: unknown[];
        try {
          found = loadAll(text);
        } catch {
          return;
        }
        expect(splitDocuments(text)).toHaveLength(found.length);
      }),
      { numRuns: 3000 },
    );
  });
});
