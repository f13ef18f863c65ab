import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { plannedControls } from './planned.ts';

test('ids are unique and sorted', () => {
  const ids = plannedControls.map((meta) => meta.id);
  expect(ids).toEqual([...new Set(ids)].sort());
});

test('a control with a folder of its own is not planned any more', () => {
  const built = plannedControls.filter((meta) => existsSync(new URL(`${meta.id}/index.ts`, import.meta.url)));
  expect(built.map((meta) => meta.id)).toEqual([]);
});

test('every row says one thing that can be false, where it comes from and what can prove it', () => {
  for (const meta of plannedControls) {
    expect(meta.statement, meta.id).toMatch(/^[A-Z].*\.$/);
    expect(meta.sources, meta.id).not.toEqual([]);
    expect(meta.halves, meta.id).not.toEqual([]);
    expect(meta.reads, meta.id).not.toEqual([]);
  }
});
