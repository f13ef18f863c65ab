import { expect, test } from 'vitest';
import { importText, item, titles } from '../test-support.ts';

const review = (header: string, rows: string) =>
  importText(`# Review\n\n| ${header} |\n|${'---|'.repeat(header.split('|').length)}\n${rows}`);

test('a table of services by checks asks each thing once, of all of them', () => {
  const result = review(
    'Service | Health probes | PDB | HPA | Runbook',
    '| api | ✅ | ✅ | n/a | [here](https://runbooks/api) |\n| worker | yes | ❌ | ❌ | missing |\n| | ✅ | | n/a | |\n',
  );
  expect(result.items.map(({ title, status }) => [title, status])).toEqual([
    ['Health probes', 'done'],
    ['PDB', 'in_progress'],
    ['HPA', 'open'],
    ['Runbook', 'open'],
  ]);
  expect(item(result, 'PDB').notes).toEqual([
    { label: 'api', text: '✅' },
    { label: 'worker', text: '❌' },
    { label: 'worker', text: 'not said' },
  ]);
  expect(item(result, 'Runbook').evidence).toEqual([{ title: 'here', link: 'https://runbooks/api' }]);
  expect(item(result, 'PDB').matches.map(({ control }) => control)).toEqual(['disruption-budget']);
  expect(result.unplaced).toEqual([]);
});

test.each([
  ['rows that are checks', 'Check | Lab | Staging | Prod'],
  ['columns that are environments', 'Service | Lab | Staging | Prod'],
  ['a column of owners', 'Service | Probes | Budget | Owner'],
])('a table with %s tells of its rows', (_, header) => {
  const last = header.endsWith('Owner') ? 'Bo' : '❌';
  expect(titles(review(header, `| api | ✅ | ❌ | ${last} |\n| worker | ✅ | ✅ | ${last} |\n`))).toEqual([
    'api',
    'worker',
  ]);
});
