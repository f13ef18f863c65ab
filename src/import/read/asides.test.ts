import { expect, test } from 'vitest';
import { takeAside, takeStatus } from './asides.ts';
import { splitLabel } from './rich.ts';

function plain(text: string) {
  return { text, runs: [{ text, strong: false, code: false }] };
}

test.each([
  ['Backups restored (owner: Bo, due 2026-01-31)', 'Backups restored', { owner: 'Bo', target: '2026-01-31' }],
  ['Backups restored [Owner: Bo; Ann; status: done].', 'Backups restored.', { owner: 'Bo, Ann', status: 'done' }],
  [
    'Restore (target = Before beta) rehearsed (owner: @bo)',
    'Restore rehearsed',
    { owner: '@bo', target: 'Before beta' },
  ],
  ['Drill (DRI: Bo Li, eta Q3 2031)', 'Drill', { owner: 'Bo Li', target: 'Q3 2031' }],
  ['Rate limits (done; @ann, due Feb 2)', 'Rate limits', { owner: '@ann', target: 'Feb 2', status: 'done' }],
])('%s', (text, rest, said) => {
  const taken = takeAside(plain(text));
  expect(taken.rest.text).toBe(rest);
  expect(taken.aside).toEqual({ evidence: [], ...said });
});

test('evidence in brackets is a link', () => {
  expect(takeAside(plain('Load test (evidence: docs/load.md, https://x.org/1)')).aside.evidence).toEqual([
    { title: 'docs/load.md', link: 'docs/load.md' },
    { title: 'https://x.org/1', link: 'https://x.org/1' },
  ]);
});

test.each([
  'Retry (due to a bug in the client)',
  'TLS (owner: Bo, see the wiki)',
  'Queue (status: odd)',
  'Ports (80, 443)',
  'Backups (done)',
  'Backups (@bo)',
  'Regions (EU: Bo, US: Ann)',
  '(owner: Bo)',
  'Open (owner: Bo',
])('%s stays as it is', (text) => {
  expect(takeAside(plain(text))).toEqual({ rest: plain(text), aside: { evidence: [] } });
});

test('a colon in brackets ends no label, one behind them does', () => {
  expect(splitLabel(plain('Backups restored (by: Bo, in May)'))).toBeUndefined();
  expect(splitLabel(plain('Images [registry: ours] pinned'))).toBeUndefined();
  expect(splitLabel(plain('Staging (like: production): same sizes'))).toMatchObject({
    label: 'Staging (like: production)',
    rest: { text: 'same sizes' },
  });
});

test.each([
  ['DONE: dashboards', 'dashboards', 'done'],
  ['[WIP] audit logs', 'audit logs', 'in_progress'],
  ['(done) network policies', 'network policies', 'done'],
  ['Not done: canary', 'canary', 'open'],
  ['[RFC] audit logs', '[RFC] audit logs', undefined],
  ['Backups: nightly', 'Backups: nightly', undefined],
])('the status in front of %j', (text, rest, status) => {
  const taken = takeStatus(plain(text));
  expect([taken.rest.text, taken.status]).toEqual([rest, status]);
});
