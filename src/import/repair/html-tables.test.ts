import { expect, test } from 'vitest';
import { importText, item, titles } from '../test-support.ts';
import { unfoldHtmlTables } from './html-tables.ts';

const unfolded = (html: string) =>
  unfoldHtmlTables(html.split('\n').map((text, at) => ({ text, lines: [at + 1] }))).filter(({ text }) => text !== '');

test('a row is a row, over however many lines it stands', () => {
  const rows = unfolded(
    '<table>\n<tr><th>Check</th><th>Owner</th></tr>\n<tr>\n<td>Backups</td>\n<td>Bo</td>\n</tr>\n</table>',
  );
  expect(rows).toEqual([
    { text: '| Check | Owner |', lines: [2] },
    { text: '| Backups | Bo |', lines: [3, 4, 5, 6] },
  ]);
});

test('end tags may be left out, as HTML allows', () => {
  expect(unfolded('<table><tr><th>A<th>B<tr><td>1<td>2</table>').map(({ text }) => text)).toEqual([
    '| A | B |',
    '| 1 | 2 |',
  ]);
});

test('what cells hold stays: links, boxes, lists, pictures, bars, entities, what is crossed out', () => {
  const cells = [
    '<a href="https://x/y">log</a>',
    '<input type="checkbox" checked> <input type="checkbox">',
    '<ul><li>one</li><li>two</li></ul>',
    '<img alt="✅" src="a.png">',
    'a | b &amp; c',
    '<del>Bo</del> Ana<br/>late',
  ];
  const [, row] = unfolded(
    `<table><tr>${'<th>h</th>'.repeat(6)}</tr><tr><td>${cells.join('</td><td>')}</td></tr></table>`,
  );
  expect(row?.text).toBe(String.raw`| [log](https://x/y) | [x] [ ] | one; two | ✅ | a \| b & c | ~~Bo~~ Ana late |`);
});

test('merged cells keep the columns of the others', () => {
  const rows = unfolded(
    '<table><tr><th>Area</th><th>Check</th><th>Done</th></tr><tr><td rowspan="2">Data</td><td>Backups</td><td>yes</td></tr><tr><td colspan="2">Restore</td></tr><tr><td>Edge</td></tr></table>',
  );
  expect(rows.map(({ text }) => text)).toEqual([
    '| Area | Check | Done |',
    '| Data | Backups | yes |',
    '|  | Restore |  |',
    '| Edge |  |  |',
  ]);
});

test('the rows are read by the names of their columns, and every line is accounted for', () => {
  const result = importText(
    '# L\n\n<div class="wrap"><table>\n<thead><tr><th>Check</th><th>Owner</th><th>Status</th></tr></thead>\n<tbody>\n<tr><td>Rate limits</td><td>Edge</td><td>In progress</td></tr>\n<tr><td>Dashboards</td><td>SRE</td><td>Done</td></tr>\n</tbody>\n</table></div>\n\n- [ ] Lamp\n',
  );
  expect(titles(result)).toEqual(['Rate limits', 'Dashboards', 'Lamp']);
  expect(item(result, 'Rate limits')).toMatchObject({ status: 'in_progress', owner: 'Edge' });
  expect(result.unplaced).toEqual([]);
});

test('what is no table of rows and columns stays as it is: one column, one row, no end, a block of code', () => {
  for (const html of [
    '<table><tr><td>only</td></tr><tr><td>these</td></tr></table>',
    '<table><tr><th>A</th><th>B</th></tr></table>',
    '<table><tr><td>a<td>b<tr><td>c<td>d',
  ])
    expect(unfolded(html).map(({ text }) => text)).toEqual([html]);
  const code = [{ text: '<table><tr><td>a<td>b<tr><td>c<td>d</table>', lines: [1], literal: true }];
  expect(unfoldHtmlTables(code)).toEqual(code);
});

test('a table that nothing ends hides no other, and many of them are read in time', () => {
  const open = Array.from({ length: 20_000 }, () => '<table>').join('\n');
  const rows = unfolded(`${open}\n<table><tr><th>A<th>B<tr><td>1<td>2</table>`);
  expect(rows.at(-1)?.text).toBe('| 1 | 2 |');
});
