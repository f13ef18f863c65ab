import { expect, it } from 'vitest';
import { parseSize, parseTime } from './settings.ts';

it.each([
  ['0', 0],
  ['1024', 1024],
  ['16k', 16_384],
  ['1M', 1_048_576],
  ['1g', 1_073_741_824],
  ['1mb', undefined],
  ['-1', undefined],
  ['', undefined],
])('size %s', (text, expected) => expect(parseSize(text)).toBe(expected));

it.each([
  ['30', 30],
  ['30s', 30],
  ['1h 30m', 5400],
  ['1h30m', 5400],
  ['500ms', 0.5],
  ['forever', undefined],
  ['', undefined],
])('time %s', (text, expected) => expect(parseTime(text)).toBe(expected));
