import { expect, it } from 'vitest';
import { choicesOf } from './choices.ts';

it('takes an expression apart into what it chooses, and when', () => {
  expect(
    choicesOf("${{ github.ref_name == 'a||b' && 'live' || startsWith(github.ref, 'x') && on.y && 'it''s' || 'no' }}"),
  ).toEqual([
    { value: 'live', when: "github.ref_name == 'a||b'" },
    { value: "it's", when: "startsWith(github.ref, 'x') && on.y" },
    { value: 'no', when: '' },
  ]);
});

it.each([
  "${{ inputs.env || 'staging' }}",
  "x-${{ 'y' }}",
  'production',
  "${{ (a && 'b') || 'c' }}",
  "${{ 'a' }}${{ 'b' }}",
])('says nothing of %s', (text) => {
  expect(choicesOf(text)).toBeUndefined();
});

it('reads hostile expressions at once', () => {
  for (const part of ['(', "'", '&&', '||', '${{']) choicesOf('${{' + part.repeat(100_000) + '}}');
});
