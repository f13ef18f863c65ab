import { expect, it } from 'vitest';
import { substituteVariables } from './substitute.ts';

it.each([
  ['a: ${x}', 'a: 1'],
  ['a: ${y:-2}', 'a: 2'],
  ['a: ${y:=2}', 'a: 2'],
  ['a: ${x:-2}', 'a: 1'],
  ['a: ${y}', 'a: ${y}'],
  ['a: $${x}', 'a: ${x}'],
  ['a: ${toString}', 'a: ${toString}'],
])('%s becomes %s', (before, after) => {
  expect(substituteVariables(before, { x: '1' })).toBe(after);
});
