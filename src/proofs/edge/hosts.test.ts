import { expect, it } from 'vitest';
import { hostsMeet, narrower, within } from './hosts.ts';

it.each([
  ['a.example.org', '*.example.org', true],
  ['a.b.example.org', '*.example.org', true],
  ['*.b.example.org', '*.example.org', true],
  ['*.example.org', '*.example.org', true],
  ['example.org', '*.example.org', false],
  ['aexample.org', '*.example.org', false],
  ['*.example.org', 'a.example.org', false],
  ['*.example.com', '*.example.org', false],
])('%s is within %s: %s', (host, pattern, expected) => expect(within(host, pattern)).toBe(expected));

it('names meet from either side, and the narrower one is what both stand for', () => {
  expect(hostsMeet('*.example.org', 'a.example.org')).toBe(true);
  expect(hostsMeet('example.org', '*.example.org')).toBe(false);
  expect(narrower('*.example.org', 'a.example.org')).toBe('a.example.org');
  expect(narrower('a.example.org', '*.example.org')).toBe('a.example.org');
  expect(narrower('a.example.org', undefined)).toBe('a.example.org');
});
