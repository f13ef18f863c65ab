import { expect, it } from 'vitest';
import { readCycloneDx } from '../ledger/intake/cyclonedx.ts';
import { readJunit } from '../ledger/intake/junit.ts';
import { readSarif } from '../ledger/intake/sarif.ts';
import type { AcceptableEvidence } from './control.ts';
import { newestByTool } from './newest-by-tool.ts';
import { missingShards } from './shards.ts';

const DAY = 86_400_000;

/** A report of a day by one runner, with the tests of these numbers. */
function report(name: string, day: number, tests: readonly number[]) {
  const cases = tests.map((test) => `<testcase classname="shop" name="test ${test}"/>`);
  const predicate = readJunit(Buffer.from(`<testsuites name="pytest">${cases.join('')}</testsuites>`), name);
  return { digest: `sha256:${name}` as const, predicateType: 'scan', predicate, subjects: [], at: new Date(day * DAY) };
}

const from = (first: number, count: number): number[] => Array.from({ length: count }, (_, at) => first + at);
const kept = (...reports: AcceptableEvidence[]): string[] =>
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

const IMAGE = `sha256:${'a'.repeat(64)}` as const;

/** A scan by one tool of an image, on a day: with these rules, and with the id that its run gives itself. */
function scan(name: string, day: number, rules: readonly string[], automationDetails?: Record<string, string>) {
  const tool = { driver: { name: 'Trivy', rules: rules.map((id) => ({ id })) } };
  const log = { version: '2.1.0', runs: [{ tool, results: [], ...(automationDetails && { automationDetails }) }] };
  const predicate = readSarif(Buffer.from(JSON.stringify(log)), name);
  return { ...report(name, day, []), predicate, subjects: [IMAGE] };
}

const rules = (prefix: string, count: number): string[] => from(0, count).map((at) => `${prefix}-${at}`);

it('a scan by another set of rules stands for none, and one by mostly the same rules does', () => {
  const holes = scan('holes', 1, rules('CVE', 40));
  expect(kept(holes, scan('settings', 2, rules('AVD', 30)))).toEqual(['settings', 'holes']);
  expect(kept(holes, scan('again', 2, rules('CVE', 50)))).toEqual(['again']);
});

it('what runs say of their kind goes before their rules', () => {
  const fs = scan('fs', 1, rules('CVE', 4), { id: 'trivy/fs/2026-11-01' });
  expect(kept(fs, scan('config', 2, rules('CVE', 4), { id: 'trivy/config/2026-11-02' }))).toEqual(['config', 'fs']);
  expect(kept(fs, scan('later', 2, rules('GHSA', 4), { id: 'trivy/fs/2026-11-02' }))).toEqual(['later']);
  expect(kept(fs, scan('silent', 2, rules('GHSA', 4)))).toEqual(['silent', 'fs']);
  const [one, other] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
  const first = scan('first', 1, rules('CVE', 4), { id: 'nightly', correlationGuid: one });
  expect(kept(first, scan('second', 2, rules('CVE', 4), { id: 'nightly', correlationGuid: other }))).toEqual([
    'second',
    'first',
  ]);
});

it('a scan that names no rule gives way to one that lists what was scanned, and never stands for one', () => {
  const bom = { bomFormat: 'CycloneDX', specVersion: '1.5', metadata: { tools: { components: [{ name: 'trivy' }] } } };
  const listing = { ...bom, components: [{ name: 'openssl' }], vulnerabilities: [] };
  const predicate = readCycloneDx(Buffer.from(JSON.stringify(listing)), 'listing');
  const listed = { ...report('listing', 2, []), predicate, subjects: [IMAGE] };
  expect(kept(scan('empty', 1, []), listed)).toEqual(['listing']);
  expect(kept(listed, scan('settings', 3, rules('AVD', 30)))).toEqual(['settings', 'listing']);
  expect(kept(scan('holes', 1, rules('CVE', 40)), scan('empty', 2, []))).toEqual(['empty', 'holes']);
});

it('a report about one image says nothing of another', () => {
  const other = `sha256:${'b'.repeat(64)}` as const;
  const both = { ...scan('both', 1, rules('CVE', 4)), subjects: [IMAGE, other] };
  expect(kept(both, scan('one', 2, rules('CVE', 4)))).toEqual(['one', 'both']);
  expect(
    kept(both, scan('one', 2, rules('CVE', 4)), { ...scan('two', 3, rules('CVE', 4)), subjects: [other] }),
  ).toEqual(['two', 'one']);
});

/** A part of a run that was split, as a report of the same runner. */
function shard(name: string, day: number, tests: readonly number[], index: number, of: number) {
  const { predicate, ...rest } = report(name, day, tests);
  return { ...rest, predicate: { ...predicate, shard: { index, of } } };
}

const quarters = (day: number, first: number) =>
  [1, 2, 3, 4].map((part) => shard(`${day}-${part}`, day, from(first + part * 100, 100), part, 4));

it('each part of a split run is kept, and one that is run again takes the place of its own earlier report', () => {
  const parts = quarters(1, 0);
  expect(kept(...parts)).toEqual(['1-1', '1-2', '1-3', '1-4']);
  expect(kept(...parts, shard('again', 2, from(200, 100), 2, 4)).toSorted()).toEqual(['1-1', '1-3', '1-4', 'again']);
});

it('parts that are cut otherwise take the place of those whose tests they hold together, whatever the cut', () => {
  const parts = [1, 2, 3].map((part) => report(`fifth-${part}`, 2, from(40 + part * 120, 120)));
  expect(kept(...quarters(1, 0), ...parts, report('rest', 2, from(0, 160)), report('last', 2, from(520, 10)))).toEqual(
    expect.not.arrayContaining(['1-1', '1-2', '1-3', '1-4']),
  );
  const others = [report('one', 2, from(1000, 100)), report('two', 2, from(1100, 100))];
  expect(kept(...quarters(1, 0), ...others)).toEqual(expect.arrayContaining(['1-1', '1-2', '1-3', '1-4']));
  const some = [0, 20, 40].map((first) => report(`from-${first}`, 2, from(first, 20)));
  expect(kept(report('more', 1, from(0, 100)), ...some)).toContain('more');
});

it('a part without tests is there until that part is run again', () => {
  const empty = shard('empty', 1, [], 4, 4);
  expect(kept(empty, shard('other', 2, from(0, 10), 1, 4))).toEqual(['other', 'empty']);
  expect(kept(empty, shard('again', 2, from(0, 10), 4, 4))).toEqual(['again']);
});

it('says which parts are missing, and nothing where none says that there are others', () => {
  const [first, second, third, fourth] = quarters(1, 0);
  expect(missingShards([first!, second!, fourth!])).toBe('shard 3 of 4 of pytest is missing');
  expect(missingShards([second!])).toBe('shards 1, 3, 4 of 4 of pytest are missing');
  expect(missingShards([first!, second!, third!, fourth!])).toBeUndefined();
  expect(missingShards([report('whole', 1, from(0, 10))])).toBeUndefined();
  const others = quarters(1, 5000).slice(0, 3);
  expect(missingShards([first!, second!, third!, fourth!, ...others])).toBe('shard 4 of 4 of pytest is missing');
});
