import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseYamlDocuments } from './yaml.ts';

const read = (text: string, path = 'a.json') => parseYamlDocuments(text, { dialect: 'kubernetes', path });

describe('JSON', () => {
  it('reads what JSON.parse reads, to the same value', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const parsed = JSON.parse(text) as unknown;
        const hasDuplicate = read(text).problems.some(({ message }) => message.includes('twice'));
        if (!hasDuplicate)
          expect(read(text).documents.map(({ value }) => value)).toEqual(parsed === null ? [] : [parsed]);
      }),
    );
  });

  it('accepts exactly the texts that JSON.parse accepts', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b\\n"',
      '"\\u00e9"',
      '"\\x"',
      '1',
      '-1.5e3',
      '01',
      'true',
      'nul',
      ' ',
      '\n',
      '"\t"',
      '"',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        const { problems } = read(text);
        const refused = problems.some(({ message }) => !message.includes('twice'));
        expect(refused && problems.length > 0).toBe(!valid);
      }),
      { numRuns: 5000 },
    );
  });

  it('refuses a key that is given twice, which JSON.parse drops silently', () => {
    expect(read('{"a": 1,\n "b": {"x": 1, "x": 2}}').problems).toEqual([
      { message: 'the key "x" is given twice, first on line 2', line: 2, column: 16 },
    ]);
  });

  it('names the place of a syntax error', () => {
    expect(read('{"a": 1,\n "b":}').problems).toEqual([{ message: 'expected a value, found "}"', line: 2, column: 6 }]);
    expect(read('[1 2]').problems).toMatchObject([{ line: 1, column: 4 }]);
    expect(read('{"a": 1').problems).toMatchObject([{ message: 'expected "," or the end, found the end of the file' }]);
    expect(read('[1,]').problems).toMatchObject([{ message: 'expected a value, found "]"' }]);
  });

  it('has no document in null, and one problem in nothing', () => {
    expect(read('null')).toEqual({ documents: [], problems: [] });
    expect(read(' ').problems).toHaveLength(1);
  });

  it('refuses nesting beyond 256 levels', () => {
    expect(read('['.repeat(256) + ']'.repeat(256)).problems).toEqual([]);
    expect(read('['.repeat(100_000)).problems[0]?.message).toContain('256');
  });

  it('reads a string of megabytes', () => {
    expect(read(`"${'\\n'.repeat(2_000_000)}"`).documents).toHaveLength(1);
  });

  it('lets __proto__ be a key', () => {
    const value = read('{"__proto__": {"x": 1}}').documents[0]?.value as object;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('JSON with comments', () => {
  it('reads comments, trailing commas, single quotes and bare keys', () => {
    const text =
      '// head\n{\n  a:1, // one\n  \'b\': [1,2,],\n  /* two\n lines */ "url": "https://x//y", "q": \'it"s\',\n}\n';
    expect(read(text, 'renovate.json5')).toEqual({
      documents: [{ value: { a: 1, b: [1, 2], url: 'https://x//y', q: 'it"s' }, index: 0, line: 2 }],
      problems: [],
    });
  });

  it('reads it only where the name allows it', () => {
    expect(read('{"a": 1 /* c */}').problems).toHaveLength(1);
    expect(read('{"a": 1 /* c */}', 'a.jsonc').problems).toEqual([]);
  });

  it('ends in an open comment or quote', () => {
    for (const text of ['/* '.repeat(100_000), '{"a: 1', "'".repeat(100_001), '//'])
      expect(read(text, 'a.json5').documents).toEqual([]);
  });
});
