import { expect, test } from 'vitest';
import type { PlatformView } from '../../model/platform.ts';
import { documentsIn, judgeDocuments } from './index.ts';

const outline = { headings: [], links: [], fences: [], placeholders: [{ text: 'TBD', line: 3 }] };
const view = {
  files: () => ['docs/sop.md', 'docs/plan.pdf'],
  outlines: () => [{ path: 'docs/sop.md', outline, words: 10 }],
} as unknown as PlatformView;
const rules = { what: 'the SOP', minWords: 60, trustedHosts: ['wiki.example'] };

test.each([
  ['docs/sop.md', ['present']],
  ['the access bot, ./docs/sop.md', ['present']],
  ['docs/gone.md and docs/plan.pdf', ['missing', 'present']],
  ['../outside.md', ['missing']],
  ['https://wiki.example/sop.md', ['elsewhere']],
  ['ask Maria', []],
])('%s', (text, states) => {
  expect(documentsIn(view, text).map(({ state }) => state)).toEqual(states);
});

test('a stub with a placeholder has both findings, each at its place', () => {
  const { findings } = judgeDocuments(documentsIn(view, 'docs/sop.md'), rules);
  expect(findings.map(({ origin }) => origin?.line)).toEqual([3, 1]);
});

test('a file that is no Markdown is there, whatever its length', () => {
  expect(judgeDocuments(documentsIn(view, 'docs/plan.pdf'), rules)).toEqual({ findings: [], open: [] });
});

test('a page elsewhere stays open unless its host is trusted', () => {
  const judged = (text: string) => judgeDocuments(documentsIn(view, text), rules).open.length;
  expect(judged('https://wiki.example/sop')).toBe(0);
  expect(judged('https://wiki.example.attacker.test/sop')).toBe(1);
});
