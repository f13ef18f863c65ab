import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { visible, visibleLines } from './visible.ts';
import { cut, displayWidth, pad, wrap } from './width.ts';

describe('displayWidth', () => {
  test.each([
    ['plain', 5],
    ['', 0],
    ['ünï', 3],
    ['e\u0301', 1],
    ['数据库', 6],
    ['ｗｉｄｅ', 8],
    ['👩‍💻', 2],
    ['🇩🇪', 2],
    ['→', 1],
  ])('%s takes %i columns', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('wrap', () => {
  test('breaks at blanks', () => {
    expect(wrap('the drain never ends', 10)).toEqual(['the drain', 'never ends']);
  });

  test('breaks a word that is longer than a line', () => {
    expect(wrap('a registry.internal/api:latest b', 10)).toEqual(['a', 'registry.i', 'nternal/ap', 'i:latest b']);
  });

  test('measures wide characters', () => {
    expect(wrap('数据库 服务', 8)).toEqual(['数据库', '服务']);
  });

  test('never makes a line longer than asked, and loses nothing but blanks', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.integer({ min: 2, max: 40 }), (text, columns) => {
        const line = visible(text).trim();
        const lines = wrap(line, columns);
        expect(lines.every((each) => displayWidth(each) <= columns)).toBe(true);
        expect(lines.join('').replaceAll(' ', '')).toBe(line.replaceAll(' ', ''));
      }),
    );
  });
});

test('pad and cut measure columns, not code units', () => {
  expect(pad('数', 4)).toBe('数  ');
  expect(cut('数据库', 5)).toBe('数据…');
  expect(cut('short', 5)).toBe('short');
});

describe('visible', () => {
  test('spells out letters that pass for Latin ones', () => {
    expect(visible('Service shop/\u0440ay beside \u0430\u0440\u0456-v2, api')).toBe(
      'Service shop/\\u0440ay beside \u0430\u0440\u0456-v2, api',
    );
  });

  test('spells out what would drive a terminal', () => {
    expect(visible('a\u001B[31mred\u0007')).toBe('a\\u001b[31mred\\u0007');
  });

  test('spells out what would reorder a line', () => {
    expect(visible('\u202Egnp.exe')).toBe('\\u202egnp.exe');
  });

  test('leaves the line ends and the value of JSON', () => {
    const value = ['\u202Ea\u2028', '\u{E0001}', 'b'];
    const json = visibleLines(JSON.stringify(value, undefined, 2));
    expect(json).toMatch(/^[\n\u0020-\u007E]+$/);
    expect(JSON.parse(json)).toEqual(value);
  });

  test('puts lines on one line', () => {
    expect(visible('one\r\n\ttwo')).toBe('one two');
  });

  test('keeps joined emoji and accents', () => {
    expect(visible('Прод und Ωmega, 5 µs, αβγ')).toBe('Прод und Ωmega, 5 µs, αβγ');
    expect(visible('👩‍💻 ünï')).toBe('👩‍💻 ünï');
  });
});
