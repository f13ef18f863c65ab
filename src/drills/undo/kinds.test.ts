import { expect, test } from 'vitest';
import { inOrder } from './kinds.ts';

test('what was stopped goes on before anything is started that asks it; else the newest fault comes first', () => {
  const newestFirst = ['start-part', 'thaw', 'edge-setting', 'thaw', 'remove-folder'].map((kind, at) => ({ kind, at }));
  expect(inOrder(newestFirst).map(({ at }) => at)).toEqual([1, 3, 0, 2, 4]);
});
