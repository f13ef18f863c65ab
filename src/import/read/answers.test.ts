import { expect, test } from 'vitest';
import { importText } from '../test-support.ts';
import { statusOfAnswer } from './answers.ts';

test.each([
  ['Yes', 'done'],
  ['yes, since March', 'done'],
  ['Yes - by KMS', 'done'],
  ['✅ by Ana', 'done'],
  ['[x]', 'done'],
  ['Partial', 'in_progress'],
  ['partially (two of the queues)', 'in_progress'],
  ['No – owner Priya, next sprint', 'open'],
  ['❌ (see OPS-12)', 'open'],
  ['not yet', 'open'],
  ['Yes (except billing)', undefined],
  ['Yes (80%)', undefined],
  ['✅ but not in production', undefined],
  ['Yesterday', undefined],
  ['No customer data is kept', undefined],
  ['done in 2024', undefined],
  ['3', undefined],
  ['n/a', undefined],
  ['', undefined],
])('what %j says of the thing that is asked for', (text, status) => {
  expect(statusOfAnswer(text)).toBe(status);
});

test('an answer behind a title is its status, and stays in its words', () => {
  const result = importText(
    '# Review\n\n1. SLOs defined: Yes\n2. Pages reach somebody?: No – owner Bo\n3. Region: eu-1\n',
  );
  expect(result.items.map(({ title, status, statement }) => [title, status, statement])).toEqual([
    ['SLOs defined', 'done', 'SLOs defined: Yes'],
    ['Pages reach somebody?', 'open', 'Pages reach somebody?: No – owner Bo'],
    ['Region', undefined, 'Region: eu-1'],
  ]);
});

test('a status behind a dash or in brackets at the end is one, unless it is taken back', () => {
  const result = importText(
    '# L\n\n- Pen test — done (report: https://x.org/pt)\n- Keys rotated (done)\n- Lamp (planned)\n- Bulb – in progress\n- Wire - done (except one)\n- Fuse (blue)\n',
  );
  expect(result.items.map(({ status }) => status)).toEqual([
    'done',
    'done',
    'open',
    'in_progress',
    undefined,
    undefined,
  ]);
});

test('a column that asks whether it is done is answered by words and signs, and one that asks who names the owner', () => {
  const result = importText(
    '# L\n\n| What | Who | Done? |\n|---|---|---|\n| Lamp | Bo | Yes |\n| Bulb | Ana | no |\n| Wire | | ✔ |\n',
  );
  expect(result.items.map(({ status, owner }) => [status, owner])).toEqual([
    ['done', 'Bo'],
    ['open', 'Ana'],
    ['done', undefined],
  ]);
});
