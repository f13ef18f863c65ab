import { describe, expect, it } from 'vitest';
import { addFile, gated, sarif } from './gated.ts';
import { DIGEST, expectCode, SPEC } from './workspace.ts';

describe('what evidence is worth', () => {
  it('says what a control makes of it, and of which image that is not the one that runs', async () => {
    const world = await gated();
    const flags = `-c vulnerability-policy -s service/api --about`;
    const taken = expectCode(await addFile(world, 'report.sarif', sarif(), `${flags} ${DIGEST}`), 0);
    expect(taken.err).toContain('vulnerability-policy says by it alone, for service/api: pass, nothing high');
    expect(taken.err).not.toContain('as it is checked out');
    const other = `sha256:${'0f'.repeat(32)}`;
    const told = expectCode(await addFile(world, 'report.sarif', sarif(), `${flags} ${other}`), 0);
    expect(told.err).toContain(`it is about ${other}, which production does not run as it is checked out`);
  });

  it.each([
    ['-c disruption-budget', 'takes no evidence from outside'],
    [
      '-c vulnerability-policy --type attachment',
      'vulnerability-policy judges nothing by it: no scan report was given',
    ],
    ['-c vulnerability-policy --finished-at 2026-01-01T00:00:00Z', 'days old, and at most 30 days are allowed'],
    ['-c manual-approval --type attachment', undefined],
  ])('%s: recorded, and why no gate takes it is said: exit 1', async (flags, said) => {
    const world = await gated();
    const { code, out, err } = await addFile(world, 'report.sarif', sarif(), `--about ${DIGEST} ${flags}`);
    expect(out).toMatch(/^sha256:/);
    expect(code).toBe(said === undefined ? 0 : 1);
    if (said !== undefined) expect(err).toContain(`No gate takes it as evidence: `);
    expect(err).toContain(said ?? 'manual-approval says by it alone, for environment/production: inconclusive');
  });

  it('records a report that looked at nothing, and ends with 1: nobody scanned', async () => {
    const world = await gated();
    const log = JSON.parse(sarif()) as { runs: object[] };
    const driver = { name: 'Scanner', rules: [] };
    const empty = JSON.stringify({ ...log, runs: [{ tool: { driver }, results: [] }] });
    const { out, err } = expectCode(
      await addFile(world, 'report.sarif', empty, `-c vulnerability-policy --about ${DIGEST}`),
      1,
    );
    expect(out).toMatch(/^sha256:/);
    expect(err).toContain('inconclusive, the report of Scanner looked at nothing');
    expect(err).toContain('It proves nothing');
  });

  it('an empty list of Trivy, which writes it into inventories too, counts by the word of who signs that it looked', async () => {
    const world = await gated();
    const bom = JSON.stringify({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      metadata: { timestamp: new Date().toISOString(), tools: { components: [{ name: 'trivy' }] } },
      components: [{ name: 'openssl' }],
      vulnerabilities: [],
    });
    const flags = `-c vulnerability-policy --about ${DIGEST}`;
    const { err } = expectCode(await addFile(world, 'bom.json', bom, flags), 1);
    expect(err).toContain('trivy lists no vulnerability, as it does where it only takes stock');
    expect(err).toContain('It proves nothing');
    expectCode(await world.launchgate('gate scanned'), 1);
    expectCode(await addFile(world, 'bom.json', bom, `${flags} --scanned`), 0);
    expectCode(await world.launchgate('gate scanned'), 0);
    const other = expectCode(await addFile(world, 'report.sarif', sarif(), `${flags} --scanned`), 2);
    expect(other.err).toContain('was read as sarif, which says itself whether anybody looked');
  });

  it('a suite of tests that passes does not stand for another of the same runner that failed', async () => {
    const world = await gated();
    const own =
      'controls:\n  - { id: tested, title: Tested, statement: It passed., accept: { predicate: test-result } }\n';
    world.write({ 'launchgate.yaml': `${SPEC}${own}` });
    world.commit('Want tests');
    const gate = { name: 'tests', environment: 'production', requires: [{ controls: ['tested'] }] };
    await world.propose((policy) => ({ ...policy, gates: [gate] }));
    const suite = (test: string, body = '') =>
      `<testsuites name="pytest tests"><testsuite name="pytest" tests="1"><testcase name="${test}">${body}</testcase></testsuite></testsuites>`;
    const tested = async (file: string, text: string) => {
      expectCode(await addFile(world, file, text, '-c tested'), 0);
      return (await world.launchgate('gate tests')).code;
    };
    expect(await tested('orders.xml', suite('test_orders', '<failure message="lost"/>'))).toBe(1);
    expect(await tested('users.xml', suite('test_users'))).toBe(1);
    expect(await tested('orders-again.xml', suite('test_orders'))).toBe(0);
    const broken = '<testsuites name="pytest tests"><testsuite name="pytest"/></testsuites>';
    expectCode(await addFile(world, 'broken.xml', broken, '-c tested'), 1);
    expect((await world.launchgate('gate tests')).code).toBe(1);
    expect(await tested('orders-last.xml', suite('test_orders', ' '))).toBe(0);
  });
});
