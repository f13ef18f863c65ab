import { expect, test } from 'vitest';
import { importText, titles } from '../test-support.ts';

const sheet = (...rows: string[]) => importText(`# Sheet\n\n${rows.join('\n')}\n`);

test('cells that are left empty keep their place: at the beginning, inside, at the end', () => {
  const result = sheet(
    'Area\tRequirement\tStatus\tOwner',
    'Security\tKeys rotated\tDone\tBo',
    '\tLogins limited\t\tAna',
    'Data\tBackups\tNot started\t',
    'Total\t3',
  );
  expect(result.items.map(({ title, status, owner }) => [title, status, owner])).toEqual([
    ['Keys rotated', 'done', 'Bo'],
    ['Logins limited', undefined, 'Ana'],
    ['Backups', 'open', undefined],
  ]);
  expect(result.unplaced).toEqual([]);
});

test('however many tabs part the cells of lines that are even, they part them once', () => {
  expect(titles(sheet('Item\t\tOwner', 'Lamp\tBo', 'Bulb\t\t\tAna'))).toEqual(['Lamp', 'Bulb']);
});

test('a line with more cells than the header ends the table', () => {
  expect(titles(sheet('Item\tOwner', 'Lamp\tBo', 'Bulb\tAna\tx\ty'))).toEqual(['Lamp']);
});

test('many lines of uneven width are read in time', () => {
  const uneven = Array.from({ length: 20_000 }, (_, line) => 'a\tb'.repeat(1 + (line % 2)));
  expect(sheet(...uneven).lines.length).toBeGreaterThan(20_000);
});
