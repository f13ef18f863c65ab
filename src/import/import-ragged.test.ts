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

test('the name of a picture at the end of an entry stays whole', () => {
  expect(titles(importText('# L\n\n- [ ] Lamp :warning:\n- [ ] Bulb:\n- [ ] Wire: red.\n'))).toContain(
    'Lamp :warning:',
  );
});

test('of several columns of signs only one that is called so says what is done', () => {
  const rows = '| TLS | :white_check_mark: | :x: |\n| Backups | ✅ | ❌ |\n';
  const placed = importText(`# L\n\n| Check | Staging | Production |\n|---|---|---|\n${rows}`);
  expect(placed.items.map(({ title, status }) => [title, status])).toEqual([
    ['TLS', undefined],
    ['Backups', undefined],
  ]);
  expect(item(placed, 'Backups').notes).toEqual([
    { label: 'Staging', text: '✅' },
    { label: 'Production', text: '❌' },
  ]);
  const called = importText(`# L\n\n| Check | Needed | Done |\n|---|---|---|\n${rows}`);
  expect(called.items.map(({ status }) => status)).toEqual(['open', 'open']);
  const alone = importText('# L\n\n| Check | Prod |\n|---|---|\n| TLS | :white_check_mark: |\n| Backups | :x: |\n');
  expect(alone.items.map(({ status }) => status)).toEqual(['done', 'open']);
});

test('a column that sorts the rows, merged or repeated, names none of them', () => {
  const rows = (again: string) =>
    `# L\n\n| Area | Item | Status | Owner |\n|---|---|---|---|\n| Security | TLS everywhere | ✅ | Bo |\n| ${again} | Rotate secrets | ❌ | |\n| Data | Backups | | |\n`;
  for (const again of ['', 'Security']) {
    const result = importText(rows(again));
    expect(titles(result)).toEqual(['TLS everywhere', 'Rotate secrets', 'Backups']);
    expect(item(result, 'TLS everywhere').notes).toEqual([{ label: 'Area', text: 'Security' }]);
  }
  const own = importText(rows('Operations'));
  expect(titles(own)).toEqual(['Security', 'Operations', 'Data']);
  const asked = importText(
    '# L\n\n| Area | Q | A |\n|---|---|---|\n| DB | Is it kept? | Yes |\n| DB | Who is called? | Bo |\n',
  );
  expect(titles(asked)).toEqual(['Is it kept?', 'Who is called?']);
  const unnamed = importText('# L\n\n| Area | Owner |\n|---|---|\n| Lamp | Bo |\n| Lamp | Ana |\n');
  expect(titles(unnamed)).toEqual(['Lamp', 'Lamp']);
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

test('bullets with fields of their own below them keep them apart, also below fields of the document', () => {
  const result = importText(
    '# Export\n\nStatus: In progress\nOwner: Ann\n\n- **TLS at the edge**\n    Status: Done\n    Owner: Bo\n- **Backups**\n    Status: Not started\n    Owner: Cy\n- Dashboards\n',
  );
  expect(result.tracks.map((each) => [each.title, each.status, each.owner])).toEqual([
    ['Export', 'in_progress', 'Ann'],
    ['TLS at the edge', 'done', 'Bo'],
    ['Backups', 'open', 'Cy'],
  ]);
  expect(item(result, 'Dashboards').owner).toBeUndefined();
});

test('fields behind dashes and bars are fields', () => {
  const result = importText(
    '- [ ] Restore rehearsed – Owner: Ann – Due: 15 June 2031\n- [ ] WAF | Owner: Bo | Due: 2031-06-15\n- [ ] Drain — **Owner:** Cy — **Due:** Q3\n- Ports - scope: all\n',
  );
  const facts = result.items.map((each) => [each.title, each.owner, each.target]);
  expect(facts).toEqual([
    ['Restore rehearsed', 'Ann', '15 June 2031'],
    ['WAF', 'Bo', '2031-06-15'],
    ['Drain', 'Cy', 'Q3'],
    ['Ports - scope', undefined, undefined],
  ]);
});

test('the page of an owner is a note and no evidence, and a link is named once', () => {
  const result = importText(
    '- [ ] Backups (owner: [Ann](https://x.org/ann), evidence: [run](https://x.org/1))\n\n| Item | Owner | Status |\n| --- | --- | --- |\n| WAF | [Bo](https://x.org/bo) | open |\n',
  );
  const [row, task] = [item(result, 'WAF'), item(result, 'Backups')];
  expect([task.owner, task.evidence]).toEqual(['Ann', [{ title: 'run', link: 'https://x.org/1' }]]);
  expect([row.owner, row.evidence]).toEqual(['Bo', []]);
  expect(row.notes).toEqual([{ label: 'Owner', text: 'Bo (https://x.org/bo)' }]);
  expect(task.notes).toEqual([{ label: 'Owner', text: 'Ann (https://x.org/ann)' }]);
});

test('what is ticked and crossed out is not said to be done, and of a replaced value the new one counts', () => {
  const result = importText(
    '- [x] ~~Canary~~ not needed\n- [x] WAF\n\n| Track | Status | Owner | Scope | Comments |\n| --- | --- | --- | --- | --- |\n| Data | ~~Open~~ Done | ~~Ann~~ Bo | backups | late |\n| Edge | 🟢 | Bo | TLS | |\n| Pages | 🟡 late | Bo | alerts | |\n| Keys | 🔴 | Bo | rotation | |\n| Ops | ✅ | Bo | runbooks | |\n',
  );
  expect(item(result, 'Canary').status).toBeUndefined();
  expect(item(result, 'WAF').status).toBe('done');
  expect(track(result, 'data')).toMatchObject({ status: 'done', owner: 'Bo' });
  expect(track(result, 'ops').status).toBe('done');
  expect(['pages', 'keys', 'edge'].map((id) => track(result, id).status)).toEqual(['in_progress', 'open', undefined]);
  expect(item(result, 'backups').notes).toEqual([{ label: 'Comments', text: 'late' }]);
  expect(result.remarks).toEqual([
    'doc.md:7: the status “🟢” of “Edge” is none of open, in progress, done; it was left out',
    'doc.md:1: “Canary not needed” is ticked and crossed out, which is how some say done and others dropped; its status was left out',
  ]);
});

test('who wrote a document and when asks for nothing, and what its front matter says is named', () => {
  const result = importText(
    '---\nowner: Ann\ntitle: x\n---\n# ADR 7\n\n* Deciders: Ann, Bo\n* Date: 2031-02-03\n\n## Considered Options\n\n* Postgres\n* MySQL\n',
  );
  expect(result.items).toEqual([]);
  expect(result.unplaced).toEqual([]);
  expect(result.remarks).toEqual(['doc.md:2: the front matter says “owner: Ann”; front matter is not read']);
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

test('a sign at the end of an entry says what is done, like one in front', () => {
  const list =
    '- TLS everywhere ✅\n- Rotate keys :white_check_mark:\n- Pen test ❌\n- Lamp :bulb:\n- Left ✅ over right ❌\n- [ ] Boxed ✅\n1. Backups ☑️\n';
  const result = importText(`# L\n\n## Security\n\n${list}`);
  expect(result.items.map(({ title, status }) => [title, status])).toEqual([
    ['TLS everywhere', 'done'],
    ['Rotate keys', 'done'],
    ['Pen test', 'open'],
    ['Lamp :bulb:', undefined],
    ['Left ✅ over right ❌', undefined],
    ['Boxed ✅', 'open'],
    ['Backups', 'done'],
  ]);
});
