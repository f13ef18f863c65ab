import { describe, expect, test } from 'vitest';
import { parseClassic } from './matcher-classic.ts';
import { parseUtf8 } from './matcher-utf8.ts';
import { holds, matcherText, Patterns } from './matcher.ts';
import { readConfig } from './read/config.ts';

const texts = (read: ReturnType<typeof parseClassic>): string[] | string =>
  'refused' in read ? read.refused : read.matchers.map(matcherText);

describe('the parser since 0.27', () => {
  test.each([
    ['foo=bar', ['foo="bar"']],
    ['{foo = "bar", "bär baz" =~ "a|b",}', ['foo="bar"', 'bär baz=~"a|b"']],
    ['foo="a\\tb\\u00e9\\x41"', ['foo="a\\tbéA"']],
    ['foo=🙂', ['foo="🙂"']],
    ['', []],
    ['{}', []],
    ['foo=', 'expected label value'],
    ['foo=bar baz', 'expected a comma or close brace'],
    ['{foo=bar', 'expected close brace'],
    ['foo=bar}', 'expected opening brace'],
    ['foo=[a-z', ['foo="[a-z"']],
    ['foo=~a{2}', 'expected a comma or close brace'],
    ['foo="a\\qb"', 'invalid input'],
    ['foo="bar', 'missing end "'],
    ['foo!bar', '! is not a valid start of a matcher'],
  ])('%s', (text, expected) => {
    expect(texts(parseUtf8(text))).toEqual(expected);
  });
});

test.each([
  // The brace at the end is taken for that of the list.
  ['foo=~a{2}', ['foo=~"a{2"']],
  ['foo=~"a{2}"', ['foo=~"a{2}"']],
  ['foo=bar baz', ['foo="bar baz"']],
  ['foo=', ['foo=""']],
  ['foo="a\\tb"', ['foo="a\\\\tb"']],
  ['"foo"=bar', 'bad matcher format: "foo"=bar'],
  ['foo="a,b",c!=d,', ['foo="a,b"', 'c!="d"']],
])('the parser up to 0.26: %s', (text, expected) => {
  expect(texts(parseClassic(text))).toEqual(expected);
});

test('where both parsers take a text, the old meaning counts; each helps out where the other refuses', () => {
  const config = (matchers: string): object => ({
    route: { receiver: 'a', routes: [{ matchers: [matchers] }] },
    receivers: [{ name: 'a' }],
  });
  const read = (matchers: string, syntax: 'classic' | 'fallback' | 'utf8'): string => {
    const result = readConfig(config(matchers), { path: 'a.yml' }, syntax);
    return 'refused' in result ? 'refused' : (result.value.root.routes[0]?.matchers.map(matcherText).join(',') ?? '');
  };
  expect(read('foo="a\\tb"', 'fallback')).toBe('foo="a\\\\tb"');
  expect(read('foo="a\\tb"', 'utf8')).toBe('foo="a\\tb"');
  expect(read('"foo bar"=baz', 'fallback')).toBe('foo bar="baz"');
  expect(read('"foo bar"=baz', 'classic')).toBe('refused');
  expect(read('foo=~a{2}', 'fallback')).toBe('foo=~"a{2"');
  expect(read('foo=~a{2}', 'utf8')).toBe('refused');
});

describe('patterns', () => {
  const match = (pattern: string, value: string): boolean | undefined =>
    holds({ name: 'a', operator: '=~', value: pattern }, value, new Patterns());

  test.each([
    ['a|b', 'ab', false],
    ['a.c', 'a\nc', false],
    ['(?s)a.c', 'a\nc', true],
    ['', '', true],
    ['(?i)straße', 'STRAßE', true],
    ['(?i)k', '\u212a', true],
    ['\\s', '\v', false],
    ['a)|(b', 'b', true],
    ['[^a-y]', 'z', true],
    ['x{2,3}?', 'xxxx', false],
    ['\\bx', 'x', undefined],
  ])('%s on %j', (pattern, value, expected) => {
    expect(match(pattern, value)).toBe(expected);
  });

  test('take time in proportion to the value, whatever they are', () => {
    const before = performance.now();
    expect(match('(?:(?:a+)+)+', `${'a'.repeat(2000)}!`)).toBe(false);
    expect(performance.now() - before).toBeLessThan(1000);
  });
});
