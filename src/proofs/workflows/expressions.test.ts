import { expect, it } from 'vitest';
import { answersOf, expressionsIn } from './expressions.ts';

it.each([
  ["github.event['issue'].title", ['github.event.issue.title'], []],
  ["github.head_ref || 'main'", ['github.head_ref'], ['main']],
  ["github.ref == 'refs/heads/main' && 'production' || 'staging'", [], ['production', 'staging']],
  ["contains(github.head_ref, 'x')", [], []],
  ["format('{0}', github.head_ref)", ['github.head_ref'], ['{0}']],
  ["contains(fromJSON(inputs.a), 'b') && inputs.c", ['inputs.c'], []],
  ['!inputs.flag', [], []],
  ['github.event.commits[0].message', ['github.event.commits.0.message'], []],
  ["'it''s'", [], ["it's"]],
])('%s', (expression, paths, literals) => {
  expect(answersOf(expression)).toEqual({ paths, literals, whole: [] });
});

it.each([
  ['toJson(github.event)', ['github.event']],
  ["format('{0} {1}', toJSON(github.event.issue), github.head_ref)", ['github.event.issue']],
  ['toJSON((github))', ['github']],
  ["contains(toJSON(github.event), 'x')", []],
])('%s comes out whole', (expression, whole) => {
  expect(answersOf(expression).whole).toEqual(whole);
});

it('finds the expressions of a text, closed ones only', () => {
  expect(expressionsIn('a ${{ b }} c ${{d}} ${{ e')).toEqual([' b ', 'd']);
});

it('reads hostile expressions at once', () => {
  for (const part of ['(', "'", 'a.', '[', '&&', '${{']) {
    expressionsIn(part.repeat(100_000));
    answersOf(part.repeat(100_000));
  }
});
