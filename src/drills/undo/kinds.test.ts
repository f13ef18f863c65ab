import { expect, test } from 'vitest';
import { inOrder } from './kinds.ts';

test('what the run has started ends before anything is taken back that it could do again', () => {
  const newestFirst = ['activity', 'start-part', 'end-processes', 'remove-folder'].map((kind, at) => ({ kind, at }));
  expect(inOrder(newestFirst).map(({ at }) => at)).toEqual([2, 0, 1, 3]);
});

test('what was stopped goes on before anything is started that asks it; else the newest fault comes first', () => {
  const newestFirst = ['start-part', 'thaw', 'edge-setting', 'thaw', 'remove-folder'].map((kind, at) => ({ kind, at }));
  expect(inOrder(newestFirst).map(({ at }) => at)).toEqual([1, 3, 0, 2, 4]);
});
