/** Documents as word processors, browsers and hurried people leave them. */
import { describe, expect, test } from 'vitest';
import { fixture, importFixture, importText, item, titles, track } from './test-support.ts';
import type { ImportResult } from './types.ts';

test('the rows of two tables are read by the columns of their own', () => {
  const result = importText(
    '# L\n\n| Thing | |\n|---|---|\n| Lamp | restore |\n\n| Status | Item |\n|---|---|\n| Done | Restore drill |\n',
  );
  expect(titles(result)).toEqual(['Lamp', 'Restore drill']);
  expect(item(result, 'Restore drill').status).toBe('done');
  expect(item(result, 'Lamp').notes).toEqual([{ label: 'Note', text: 'restore' }]);
});

test('a task below what is none is an item of its own, with its box', () => {
  const result = importText(
    '# L\n\n1. **Secrets** first\n   - why\n     - [ ] Vault\n     - [x] Signed files\n- [ ] Lamp\n  - how\n    - [x] Bulb\n  - Done when:\n    - [ ] it shines\n',
  );
  expect(result.items.map(({ title, status }) => [title, status])).toEqual([
    ['Secrets', undefined],
    ['Vault', 'open'],
    ['Signed files', 'done'],
    ['Lamp', 'open'],
    ['Bulb', 'done'],
  ]);
  expect(item(result, 'Lamp').doneWhen).toBe('it shines');
});

test('a column of boxes or signs says what is done, whatever it is called', () => {
  const rows = '| [x] | Lamp | Ana |\n| [ ] | Bulb | Bo |\n| ✔️ | Switch | |\n| ❌ | Fuse | |\n| | Wire | |\n';
  for (const header of ['Done | Item | Owner', '[ ] | Thing | Owner', ' | What | Owner']) {
    const result = importText(`# L\n\n| ${header} |\n|---|---|---|\n${rows}`);
    expect(result.items.map(({ title, status }) => [title, status])).toEqual([
      ['Lamp', 'done'],
      ['Bulb', 'open'],
      ['Switch', 'done'],
      ['Fuse', 'open'],
      ['Wire', undefined],
    ]);
  }
});

test('signs of all kinds are boxes: pictures, their names, glued ones, begun and given up ones', () => {
  const result = importText(
    '# L\n\n- ✔️ Lamp\n- ❌ Bulb\n- ⬜ Switch\n- :white_check_mark: Fuse\n- :x: Wire\n-[x] Plug\n- [ ]Socket\n- [~] Cable\n- [-] Pole\n🔲 Post\n- [x](https://example.com) Link\n',
  );
  const done = result.items.filter(({ status }) => status === 'done').map(({ title }) => title);
  const open = result.items.filter(({ status }) => status === 'open').map(({ title }) => title);
  expect(done).toEqual(['Lamp', 'Fuse', 'Plug']);
  expect(open).toEqual(['Bulb', 'Switch', 'Wire', 'Socket', 'Cable', 'Pole', 'Post']);
});

test.each(['    ', '\t', '      '])('a list that begins %j in is a list, and nests as it stands', (indent) => {
  const list = [`${indent}- [ ] Lamp`, `${indent}  - [x] Bulb`, `${indent}- [ ] Fuse`].join('\n');
  for (const before of ['# L\n', '# L\n\nWords.\n\n', '# L\n\n```\ncode\n```\n\n']) {
    const result = importText(`${before}${list}\n`);
    expect(result.items.map(({ title, status }) => [title, status])).toEqual([
      ['Lamp', 'open'],
      ['Bulb', 'done'],
      ['Fuse', 'open'],
    ]);
  }
});

describe('odds and ends', () => {
  const result = importFixture('odd');

  test('front matter, comments and rules are separators; a block of code is named as unplaced', () => {
    expect(result.lines.filter((line) => line.line <= 6).every((line) => line.as === 'separator')).toBe(true);
    expect(result.unplaced).toEqual([expect.objectContaining({ line: 16, because: 'a block of code is not read' })]);
  });

  test('boxes of word processors, quotes, unclosed fences', () => {
    expect(item(result, 'Runbooks dry-run').status).toBe('done');
    expect(titles(result)).toContain('Log pipeline reaches the central sink');
    expect(titles(result)).toContain('Dashboards in Grafana');
  });

  test('tables and numbered lists of tracks', () => {
    expect(track(result, 'chaos-drills')).toMatchObject({ status: 'in_progress', owner: 'SRE', target: '2031-06-30' });
    expect(track(result, 'stationery')).toMatchObject({ status: 'done', target: 'Q3' });
    expect(track(result, 'slo-pack')).toMatchObject({ status: 'open', owner: 'SRE' });
    expect(track(result, 'runbook-pack').status).toBe('done');
  });
});

test('a flat run of trackers without headings is one track each', () => {
  const result = importText(
    'Alerts\n- Status: open\n- Owner: SRE\n\n- Backups\n- Status: done\n- Owner: DBA\n- Restore\n- Status: wip\n- Owner: DBA\n',
  );
  expect(result.tracks.map((each) => [each.title, each.status, each.owner])).toEqual([
    ['Alerts', 'open', 'SRE'],
    ['Backups', 'done', 'DBA'],
    ['Restore', 'in_progress', 'DBA'],
  ]);
});

test('a document with a blank line after every line says the same', () => {
  const facts = (each: ImportResult['tracks'][number]) => [
    each.title,
    each.status,
    each.owner,
    each.target,
    each.evidence,
    each.pending,
    each.items.length,
  ];
  for (const name of ['tracker', 'plan'] as const) {
    const file = fixture(name);
    const doubled = importText(file.text.trimEnd().replaceAll('\n', '\n\n'));
    const plain = importText(file.text);
    expect(doubled.tracks.map(facts)).toEqual(plain.tracks.map(facts));
    expect(titles(doubled)).toEqual(titles(plain));
  }
});
