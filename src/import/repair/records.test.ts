import { expect, test } from 'vitest';
import { importText, titles } from '../test-support.ts';

test('records of one field a line are entries, each with its own fields', () => {
  const result = importText(
    '# Form\n\n- [ ] Lamp\n\nItem: Limits reviewed\nStatus: Done\nOwner: Ana\n\nRequirement: Restore rehearsed\nStatus: In progress\nEvidence: https://x.org/1\nIt took an hour.\n',
  );
  expect(titles(result)).toEqual(['Lamp', 'Limits reviewed', 'Restore rehearsed']);
  expect(result.tracks.map(({ title, status, owner }) => [title, status, owner])).toEqual([
    ['Form', 'open', undefined],
    ['Limits reviewed', 'done', 'Ana'],
    ['Restore rehearsed', 'in_progress', undefined],
  ]);
  expect(result.unplaced).toEqual([]);
});

test('a line that begins alike and has no field below is a line', () => {
  expect(titles(importText('# Form\n\nTask: tell everybody\n\n- [ ] Lamp\n'))).toEqual(['Lamp']);
});
