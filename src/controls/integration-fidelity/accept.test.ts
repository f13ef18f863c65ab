import { expect, it } from 'vitest';
import { readJunit } from '../../ledger/intake/junit.ts';
import type { AcceptableEvidence } from '../../model/control.ts';
import { PREDICATE } from '../../model/evidence.ts';
import { accept } from './accept.ts';

const AT = new Date('2030-03-02T00:00:00Z');
const PARAMS = { kinds: [], reportWithin: '7d', minTests: 1 };

function report(more: Record<string, unknown>, at = '2030-03-01T00:00:00Z'): AcceptableEvidence {
  const predicate = { format: 'junit', scope: 10, failed: 0, skipped: 2, ...more };
  return { digest: 'sha256:00', predicateType: PREDICATE.scan, predicate, subjects: [], at: new Date(at) };
}

it('passes on a fresh report with tests that ran', () => {
  expect(accept([report({})], PARAMS, AT)).toMatchObject({ outcome: 'pass', witness: { facts: { ran: 10 } } });
});

it('counts the tests that ran, of which the skipped ones are none', () => {
  const read = readJunit(
    Buffer.from(`<testsuite><testcase/>${'<testcase><skipped/></testcase>'.repeat(3)}</testsuite>`),
    'x',
  );
  expect(accept([report({ ...read })], PARAMS, AT)).toMatchObject({
    outcome: 'pass',
    witness: { facts: { ran: 1, skipped: 3 } },
  });
});

it('fails on a failed test, and by the newest report only', () => {
  expect(accept([report({ failed: 1 })], PARAMS, AT).outcome).toBe('fail');
  expect(accept([report({ failed: 1 }, '2030-02-28T00:00:00Z'), report({})], PARAMS, AT).outcome).toBe('pass');
});

it('judges the newest report of each suite, and counts their tests together', () => {
  const suite = (name: string, failed: number, at?: string) => report({ tool: { name }, failed }, at);
  const [earlier, old] = ['2030-02-28T00:00:00Z', '2030-01-01T00:00:00Z'];
  expect(accept([suite('database', 1, earlier), suite('api', 0)], PARAMS, AT).outcome).toBe('fail');
  expect(accept([suite('database', 1, earlier), suite('database', 0), suite('api', 0)], PARAMS, AT)).toMatchObject({
    outcome: 'pass',
    witness: { facts: { ran: 20 } },
  });
  expect(accept([suite('database', 0, old), suite('api', 0)], PARAMS, AT)).toMatchObject({
    outcome: 'pass',
    witness: { facts: { ran: 10, aged: 1 } },
  });
});

it('cannot tell of a suite that failed and has not been run since', () => {
  const suite = (more: object, at?: string) => report({ tool: { name: 'database' }, ...more }, at);
  const api = report({ tool: { name: 'api' } });
  const old = '2030-02-01T00:00:00Z';
  expect(accept([suite({ failed: 1 }, old), api], PARAMS, AT)).toMatchObject({
    outcome: 'inconclusive',
    because: expect.stringContaining('database did not pass on 2030-02-01'),
  });
  expect(accept([suite({ scope: 0, incomplete: 'cut' }, old), api], PARAMS, AT).outcome).toBe('inconclusive');
  expect(accept([suite({ failed: 1 }, old), suite({}), api], PARAMS, AT).outcome).toBe('pass');
});

it('cannot tell from a report that lists fewer tests than it declares, unless one of them failed', () => {
  const read = (failed: string) =>
    readJunit(Buffer.from(`<testsuite tests="9"><testcase/><testcase>${failed}</testcase></testsuite>`), 'x');
  expect(accept([report({ ...read('') })], PARAMS, AT)).toMatchObject({
    outcome: 'inconclusive',
    because: 'the report is not whole: it declares 7 tests more than it lists',
  });
  expect(accept([report({ ...read('<failure/>') })], PARAMS, AT)).toMatchObject({
    outcome: 'fail',
    findings: [{ message: '1 integration tests failed' }],
  });
});

it.each([
  ['nothing', []],
  ['no tests', [report({ scope: 0, skipped: 0 })]],
  ['all skipped', [report({ scope: 0, skipped: 12 })]],
  ['too old', [report({}, '2030-01-01T00:00:00Z')]],
  ['another format', [report({ format: 'sarif' })]],
  ['no count of failures', [report({ failed: undefined })]],
])('cannot tell from %s', (_, evidence) => {
  expect(accept(evidence, PARAMS, AT).outcome).toBe('inconclusive');
});

it('asks for every part of a run that was split, and a part that failed blocks', () => {
  const tool = { name: 'vitest' };
  const part = (index: number, failed = 0) =>
    report({ tool, tests: [`${index}`.repeat(16)], failed, shard: { index, of: 3 } });
  expect(accept([part(1), part(3)], PARAMS, AT)).toEqual({
    outcome: 'inconclusive',
    because: 'shard 2 of 3 of vitest is missing',
  });
  expect(accept([part(1), part(2), part(3)], PARAMS, AT).outcome).toBe('pass');
  expect(accept([part(1), part(2, 1)], PARAMS, AT).outcome).toBe('fail');
});
