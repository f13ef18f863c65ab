import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { specSchema } from '../model/spec.ts';
import { importMarkdown } from './import-markdown.ts';
import { isBlank } from './repair/lines.ts';
import { CATALOG, fixture, FIXTURES } from './test-support.ts';
import type { ImportResult, SourceFile } from './types.ts';

/** Numbers of the lines that hold something. */
function filled(file: SourceFile): number[] {
  return file.text.split(/\r\n|\r|\n/).flatMap((text, index) => (isBlank(text) ? [] : [index + 1]));
}

function accounted(result: ImportResult, path: string): number[] {
  return result.lines.filter((line) => line.path === path).map((line) => line.line);
}

function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Labels of fields are what a value is stored under; they are not stored themselves. */
const LABELS = words('done when acceptance criteria owner status target scope evidence pending x o wip');

/** Words of item lines that are in nothing that names the line. */
function lost(file: SourceFile, result: ImportResult): string[] {
  const lines = file.text.split(/\r\n|\r|\n/);
  return result.lines
    .filter((line) => line.as === 'item')
    .flatMap(({ line }) => {
      const holders = [...result.items, ...result.tracks].filter((each) => each.lines.includes(line));
      const kept = new Set([...words(JSON.stringify(holders)), ...LABELS]);
      return words((lines[line - 1] ?? '').replace(/^\d+[.)]/, ''))
        .filter((word) => !kept.has(word))
        .map((word) => `${file.path}:${line} ${word}`);
    });
}

describe.each(FIXTURES)('%s', (name) => {
  const file = fixture(name);
  const result = importMarkdown([file], CATALOG);

  test('every line that holds something has exactly one account', () => {
    expect(accounted(result, file.path)).toEqual(filled(file));
  });

  test('every word of an item is in the item', () => {
    expect(lost(file, result)).toEqual([]);
  });

  test('every item stands in a track, a list of deferred components, or is a rule of a gate', () => {
    const tracked = new Set(result.tracks.flatMap((track) => track.items));
    const loose = result.items.filter(
      (item) => !tracked.has(item.id) && item.kind !== 'deferred' && item.kind !== 'gate',
    );
    expect(loose).toEqual([]);
  });

  test('every item is matched, kept, or of a kind that asks for nothing', () => {
    const dropped = result.items.filter(
      (item) => item.matches.length === 0 && item.custom === undefined && item.kind !== 'gate',
    );
    expect(dropped).toEqual([]);
  });
});

const word = fc.constantFrom(
  'backup',
  'TLS',
  'Status:',
  'Owner: SRE',
  '**Done when:** it holds.',
  'Lint',
  '`code`',
  'a | b',
  'docs/x.md',
  '¶',
  'Target:',
  '-',
  '•',
  '—',
  'o',
  '[x]',
  '1)',
  'Ünïcode',
  '日本',
  '<br>',
  '&amp;',
  '*',
  '**',
  '``',
  '\\',
  '$&',
);
const prefix = fc.constantFrom(
  '',
  '- ',
  '  - ',
  '* [ ] ',
  '- [x] ',
  '# ',
  '## ',
  '1. ',
  '2) ',
  '| ',
  '> ',
  '    ',
  '\t',
  '• ',
  'o ',
  '-',
  '---',
  '===',
  '```',
  '~~~',
  '<!-- ',
  '-->',
  '<div>',
  '|---|---|',
  '[ref]: ',
);
const line = fc.tuple(prefix, fc.array(word, { maxLength: 5 })).map(([start, rest]) => start + rest.join(' '));
const documentOf = (lines: fc.Arbitrary<string>) =>
  fc.tuple(fc.array(lines, { maxLength: 25 }), fc.constantFrom('\n', '\r\n', '\r')).map(([all, end]) => all.join(end));

function holdsTogether(text: string): void {
  const file = { path: 'any.md', text };
  const result = importMarkdown([file], CATALOG);
  expect(accounted(result, file.path)).toEqual(filled(file));
  expect(specSchema.safeParse(result.spec).success).toBe(true);
  const ids = result.items.map((item) => item.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(importMarkdown([file], CATALOG)).toEqual(result);
}

test('documents put together at random lose no line and make a valid spec', () => {
  fc.assert(fc.property(documentOf(line), holdsTogether), { numRuns: 200 });
});

test('text of any kind loses no line and makes a valid spec', () => {
  fc.assert(fc.property(documentOf(fc.string({ unit: 'binary', maxLength: 40 })), holdsTogether), { numRuns: 80 });
});
