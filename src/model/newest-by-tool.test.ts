import { expect, it } from 'vitest';
import { readJunit } from '../ledger/intake/junit.ts';
import { newestByTool } from './newest-by-tool.ts';

const DAY = 86_400_000;

/** A report of a day by one runner, with the tests of these numbers. */
function report(name: string, day: number, tests: readonly number[]) {
  const cases = tests.map((test) => `<testcase classname="shop" name="test ${test}"/>`);
  const predicate = readJunit(Buffer.from(`<testsuites name="pytest">${cases.join('')}</testsuites>`), name);
  return { digest: `sha256:${name}` as const, predicateType: 'scan', predicate, subjects: [], at: new Date(day * DAY) };
}

const from = (first: number, count: number): number[] => Array.from({ length: count }, (_, at) => first + at);
const kept = (...reports: ReturnType<typeof report>[]): string[] =>
  newestByTool(reports).map(({ digest }) => digest.slice('sha256:'.length));

it('a suite to which tests were added, and of which some were taken away, is the same suite', () => {
  expect(kept(report('monday', 1, from(0, 300)), report('tuesday', 2, from(10, 310)))).toEqual(['tuesday']);
});

it('one that became another over many runs replaces all of them', () => {
  const runs = [0, 30, 60, 90, 120].map((first, day) => report(`day-${day}`, day, from(first, 200)));
  expect(kept(...runs)).toEqual(['day-4']);
});

it('a run of a part stands for no run of the whole, nor does another suite', () => {
  const whole = report('whole', 1, from(0, 400));
  expect(kept(whole, report('part', 2, from(0, 40)))).toEqual(['part', 'whole']);
  expect(kept(whole, report('other', 2, from(1000, 400)))).toEqual(['other', 'whole']);
  expect(kept(report('part', 1, from(0, 40)), report('whole', 2, from(0, 400)))).toContain('whole');
});

it('a run without tests stands for none', () => {
  expect(kept(report('whole', 1, from(0, 40)), report('nothing', 2, []))).toEqual(['nothing', 'whole']);
});
