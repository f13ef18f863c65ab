import { expect, test } from 'vitest';
import { readLines } from '../repair/lines.ts';
import { repair } from '../repair/repair.ts';
import { rolesOf } from './columns.ts';
import { type Fields, flatten, readFields } from './fields.ts';
import { outline } from './outline.ts';
import { statusOf } from './statuses.ts';
import { sectionKindOf, stageOf } from './vocabulary.ts';

function fieldsOf(text: string): Fields {
  const sections = outline(repair(readLines({ path: 'doc.md', text: `# Doc\n\n${text}` })));
  return readFields(flatten(sections.flatMap((section) => section.blocks)));
}

test.each([
  '- Owner: Ann Lee',
  '- **Owner:** Ann Lee',
  '- **Owner**: Ann Lee',
  '- **Owner** Ann Lee',
  '- `Owner:` Ann Lee',
  '- owner = Ann Lee',
  '- DRI – Ann Lee',
  '- Owner:\nAnn Lee',
  '- Owner:\n  - Ann Lee',
  'Owner: Ann Lee',
  'Owner: ~~Bo~~ Ann Lee',
  'Verantwortlich: Ann Lee',
  '**Owner:**\nAnn Lee',
])('%j names the owner', (text) => {
  expect(fieldsOf(text).owner).toBe('Ann Lee');
});

test('fields on one line, and one that is still to be named', () => {
  expect(fieldsOf('- Owner: Ann Lee, due 2026-12-05')).toMatchObject({ owner: 'Ann Lee', target: '2026-12-05' });
  expect(fieldsOf('- Lamp — *owner: Ann Lee*, due 2026-12-05')).toMatchObject({
    owner: 'Ann Lee',
    target: '2026-12-05',
  });
  expect(fieldsOf('- Owner: Ann Lee, Bo').owner).toBe('Ann Lee, Bo');
  expect(fieldsOf('- Owner: Ann Lee, Bo, eta: May')).toMatchObject({ owner: 'Ann Lee, Bo', target: 'May' });
  const unnamed = fieldsOf('- Owner: TBD\n- Due: to be confirmed');
  expect([unnamed.owner, unnamed.target]).toEqual([undefined, undefined]);
});

test('a word that a sentence begins with is no label', () => {
  expect(fieldsOf('- The owner is unknown: ask around.').owner).toBeUndefined();
  expect(fieldsOf('- https://example.org/status: 200').status).toBeUndefined();
});

test('a list goes on to the next label, whatever the indentation', () => {
  const fields = fieldsOf('- Scope:\n- one\n  - two\n- Pending: three\n- four');
  expect(fields.scope.map((entry) => entry.rich.text)).toEqual(['one', 'two']);
  expect(fields.pending).toEqual(['three', 'four']);
});

test('evidence is links, several of one title, or a text without one', () => {
  expect(
    fieldsOf('- Evidence:\n- Runs: a/b.md, c/d.md\n- [log](e.md)\n- Command: make check\n- seen by Bo').evidence,
  ).toEqual([
    { title: 'Runs', link: 'a/b.md' },
    { title: 'Runs', link: 'c/d.md' },
    { title: 'log', link: 'e.md' },
    { title: 'Command: make check' },
    { title: 'seen by Bo' },
  ]);
});

test.each([
  ['In Progress', 'in_progress'],
  ['`in_progress`', 'in_progress'],
  ['✅ Done (May)', 'done'],
  ['TODO', 'open'],
  ['almost', undefined],
  ['100% done', 'done'],
  ['5/5 done', 'done'],
  ['Done 2031-05-01', 'done'],
  ['Not done', 'open'],
  ['erledigt', 'done'],
  ['à faire', 'open'],
  ['Done?', undefined],
  ['50% done', undefined],
  ['0/5 done', undefined],
  ['❌ done', undefined],
  ['Done (except the WAF)', undefined],
  ['Done (not in production)', undefined],
  ['', undefined],
])('the status %j', (text, status) => {
  expect(statusOf(text)).toBe(status);
});

test.each([
  ['Day-0 Gates (before prod)', 'day-0'],
  ['Week 1 hardening', 'week-1'],
  ['Weeks 2–3', 'weeks-2-3'],
  ['Months 1 & 2', 'months-1-2'],
  ['Backlog', 'deferred'],
  ['Weekly chores', undefined],
])('the stage of %j', (title, stage) => {
  expect(stageOf(title)).toBe(stage);
});

test('sections by their words', () => {
  expect(sectionKindOf('Design Rationale')).toBe('context');
  expect(sectionKindOf('Exit criteria')).toBe('explicit');
  expect(sectionKindOf('Gaps & findings')).toBe('gap');
  expect(sectionKindOf('Network')).toBeUndefined();
});

test('columns by their names, in any order; the first names the row whatever it is called', () => {
  const roles = (...names: string[]) => rolesOf(names.map((text) => ({ text, runs: [] })));
  expect(roles('Capability', 'MVP decision', 'Why')).toEqual(['name', 'decision', 'why']);
  expect(roles('#', 'Status', 'Control', 'Owner')).toEqual(['number', 'status', 'name', 'owner']);
  expect(roles('Frobs', 'Component')).toEqual(['name', 'other']);
});
