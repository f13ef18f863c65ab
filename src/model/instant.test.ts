import { expect, it } from 'vitest';
import { parseInstant } from './instant.ts';

it.each([
  ['2026-03-01T12:00:00Z', '2026-03-01T12:00:00.000Z'],
  ['2026-03-01T12:00:00+02:00', '2026-03-01T10:00:00.000Z'],
  ['2026-01-01T00:30+02:00', '2025-12-31T22:30:00.000Z'],
  ['2028-02-29T00:00:00.5z', '2028-02-29T00:00:00.500Z'],
])('%s is %s', (text, instant) => {
  expect(parseInstant(text)?.toISOString()).toBe(instant);
});

it.each([
  '2026-02-29T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-11-31T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-03-01T12:00:00',
  '2026-03-01',
  'Z',
  '',
])('%j is no moment', (text) => {
  expect(parseInstant(text)).toBeUndefined();
});
