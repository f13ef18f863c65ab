import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse, pitfallsOf, truthOf } from './index.ts';

const EXPRESSIONS = readFileSync(new URL('healthy-alerts.promql', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

test('there are many', () => expect(EXPRESSIONS.length).toBeGreaterThan(200));

test.each(EXPRESSIONS)('%s', (text) => {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  const wrong = pitfallsOf(parsed.expr).filter(({ sort }) => /^(?:bool|always|indifferent|cumulative)$/.test(sort));
  expect([wrong, truthOf(parsed.expr).verdict]).toEqual([[], expect.not.stringMatching('never')]);
});
