import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addFile, addScan, gated, JUNIT, OLD_JUNIT, sarif } from './gated.ts';
import { DIGEST, expectCode } from './workspace.ts';

interface Listed {
  readonly entries: readonly { readonly index: number; readonly digest: string; readonly kind: string }[];
}

/** As gosec writes it: what says that it is SARIF comes last. */
const { version, runs } = JSON.parse(sarif()) as { version: string; runs: object[] };
const RUNS_FIRST = JSON.stringify({ properties: { note: 'x'.repeat(5000) }, runs, version });
const CYCLONEDX = JSON.stringify({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  metadata: { tools: [{ name: 'grype', version: '1' }] },
  components: [{ type: 'library', name: 'foo', version: '1', 'bom-ref': 'foo' }],
  vulnerabilities: [],
});

describe('evidence', () => {
  it.each([
    ['report.sarif', sarif(), 'scan', 'sarif', 0],
    ['runs-first.json', RUNS_FIRST, 'scan', 'sarif', 0],
    ['report.xml', JUNIT, 'scan', 'junit', 1],
    ['bom.json', CYCLONEDX, 'scan', 'cyclonedx', 0],
    ['minutes.md', '# Minutes\n', 'attachment', undefined, 1],
  ])('add %s: told from its content, signed, logged and listed', async (name, text, kind, format, status) => {
    const world = await gated();
    const { out, err } = expectCode(
      await addFile(world, name, text, `-c vulnerability-policy --about ${DIGEST}`),
      status,
    );
    const digest = out.trim();
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(err).toMatch(/entry \d+ of the ledger/);
    const listed = JSON.parse((await world.launchgate('evidence list -c vulnerability-policy -f json')).out) as Listed;
    expect(listed.entries).toMatchObject([{ digest, kind }]);
    const shown = JSON.parse((await world.launchgate(`evidence show ${digest.slice(7, 23)}`)).out) as {
      statement: { predicate: { format?: string } };
    };
    expect(shown.statement.predicate.format).toBe(format);
  });

  it.each([
    ['junit-2.xml', '--shard 2/4', { index: 2, of: 4 }],
    ['shard_3_of_4.xml', '', { index: 3, of: 4 }],
    ['shard_3_of_4.xml', '--shard 1/2', { index: 1, of: 2 }],
    ['out-of-order-12-of-9.xml', '', undefined],
    ['report.xml', '', undefined],
  ])('add %s %s: the part of a split run that it is', async (name, options, shard) => {
    const world = await gated();
    const flags = `-c vulnerability-policy --about ${DIGEST} ${options}`.trim();
    const { out, err } = expectCode(await addFile(world, name, JUNIT, flags), 1);
    const { statement } = JSON.parse((await world.launchgate(`evidence show ${out.trim()}`)).out) as {
      statement: { predicate: { shard?: object } };
    };
    expect(statement.predicate.shard).toEqual(shard);
    expect(err.includes('read as junit, shard')).toBe(shard !== undefined);
  });

  it('add --shard: refuses what is no part, and what has none', async () => {
    const world = await gated();
    for (const wrong of ['5/4', '0/4', '1', '1/0', '1/99999'])
      expect((await addFile(world, 'junit.xml', JUNIT, `-c vulnerability-policy --shard ${wrong}`)).code).toBe(2);
    const scan = await addFile(world, 'report.sarif', sarif(), '-c vulnerability-policy --shard 1/4');
    expect(scan).toMatchObject({
      code: 2,
      err: expect.stringContaining('read as sarif, which has no shards') as string,
    });
  });

  it('says at once that no gate takes what a key signed that may not, and fsck that nobody known did', async () => {
    const world = await gated();
    const told = await addFile(world, 'minutes.md', '# Minutes', '-c runbooks -k mistyped');
    expect(told).toMatchObject({ code: 1, err: expect.stringContaining('the policy does not know the key') as string });
    expect((await addFile(world, 'more.md', '# More', '-c runbooks')).err).not.toContain('No gate takes it');
    const { code, out } = await world.launchgate('ledger fsck');
    expect(code).toBe(0);
    expect(out).toMatch(/all signatures of enrolled keys verified\nentry \d is signed by no key that the policy ever/);
  });

  it('refuses an environment that the spec does not have, and names those it has', async () => {
    const world = await gated();
    const { code, err } = await world.launchgate('waive vulnerability-policy -e prod --reason x --for 7d');
    expect(code).toBe(2);
    expect(err).toContain('launchgate.yaml has no environment prod');
    const file = join(world.base, 'report.sarif');
    writeFileSync(file, sarif());
    const added = await world.launchgate(`evidence add ${file} -e prod -c vulnerability-policy`);
    expect(added).toMatchObject({ code: 2, err: expect.stringContaining('Name one of') as string });
  });

  it('says what it took a file for, and knows SARIF that names no schema', async () => {
    const world = await gated();
    const { $schema: _, ...plain } = JSON.parse(sarif()) as Record<string, unknown>;
    expect((await addFile(world, 'report.json', JSON.stringify(plain), '-c vulnerability-policy')).err).toContain(
      'read as sarif',
    );
    const wide = Buffer.from(JUNIT, 'utf16le').toString('latin1');
    expect((await addFile(world, 'wide.xml', wide, '-c vulnerability-policy')).err).toContain(
      'read as attachment: a document',
    );
    expect((await addFile(world, 'a.md', '# A', '-c runbooks --type attachment')).err).toMatch(/^read as attachment\n/);
  });

  it('a file that is no evidence keeps the sequencer from nothing else, and is named: exit 1', async () => {
    const world = await gated();
    const away = { LAUNCHGATE_HOME: join(world.base, 'branch') };
    expectCode(
      await world.launchgate('evidence add launchgate.yaml -c runbooks -e production --finished-at file', {
        env: away,
      }),
      0,
    );
    const stray = `evidence/00/${'00'.repeat(32)}.dsse.json`;
    mkdirSync(join(world.root, '.launchgate/evidence/00'), { recursive: true });
    writeFileSync(join(world.root, '.launchgate', stray), '{');
    const { code, out, err } = await world.launchgate('ledger sequence');
    expect({ code, out }).toEqual({ code: 1, out: '1 envelopes taken into the log\n' });
    expect(err).toContain(`refused: ${stray}: `);
    rmSync(join(world.root, '.launchgate', stray));
    expect(await world.launchgate('ledger sequence')).toMatchObject({ code: 0, err: '' });
  });

  it.each([
    ['report.sarif', '{"version":"2.1.0"', '-c vulnerability-policy', 'report.sarif'],
    ['report.xml', '<testsuites><', '-c vulnerability-policy', 'report.xml'],
    ['report.sarif', sarif(), '-c vulnerability-polcy', 'vulnerability-policy?'],
    ['report.sarif', sarif(), '-c vulnerability-policy --finished-at tomorrow', 'tomorrow'],
    ['report.sarif', sarif(), '-c vulnerability-policy --finished-at 2026-03-01', 'is not a time with its zone'],
    ['report.sarif', sarif(), '-c vulnerability-policy --finished-at 2099-01-01T00:00:00Z', 'lies in the future'],
    ['minutes.md', '', '-c runbooks', 'is empty, and proves nothing'],
    ['report.sarif', sarif(), '-c vulnerability-policy --about HEAD', 'HEAD is neither'],
    ['report.sarif', sarif(), '-c vulnerability-policy -s service/apii', 'Did you mean service/api?'],
    ['report.sarif', sarif(), '-c vulnerability-policy -s store/orders', 'Name one of service/api'],
    ['new.xml', OLD_JUNIT.replace('2026', '2099'), '-c integration-fidelity', 'that is still to come'],
    ['report.xml', OLD_JUNIT, '-c vulnerability-policy --finished-at 2026-11-01T00:00:00Z', 'made at 2026-01-01'],
  ])('refuses %s %#: exit 2, and records nothing', async (name, text, flags, said) => {
    const world = await gated();
    const before = (await world.launchgate('evidence list')).out;
    const { code, out, err } = await addFile(world, name, text, `--about ${DIGEST} ${flags}`);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(said);
    expect((await world.launchgate('evidence list')).out).toBe(before);
  });

  it('refuses a file that is larger than is read', async () => {
    const world = await gated();
    const file = join(world.base, 'huge.sarif');
    writeFileSync(file, '');
    truncateSync(file, 65 * 1024 * 1024);
    const { code, err } = await world.launchgate(`evidence add ${file} -c vulnerability-policy -e production`);
    expect(code).toBe(2);
    expect(err).toContain('bytes');
  });

  it('show: nothing, or no single entry, fits', async () => {
    const world = await gated();
    const none = { code: 0, out: '', err: 'The ledger holds nothing for tracing-pipeline.\n' };
    expect(await world.launchgate('evidence list -c tracing-pipeline')).toEqual(none);
    const misspelt = await world.launchgate('evidence list -c tracing-pipelin');
    expect(misspelt).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('Did you mean tracing-pipeline?'),
    });
    expect(await world.launchgate('evidence show ffffffffffffffff')).toMatchObject({ code: 2, out: '' });
  });

  it('away from the sequencer it becomes a file, which the sequencer takes in', async () => {
    const world = await gated();
    const keys = join(world.home, 'keys');
    const away = { LAUNCHGATE_HOME: join(world.base, 'branch') };
    const { out: vkey } = await world.launchgate('evidence list -f json');
    const { err } = expectCode(
      await world.launchgate(`evidence add launchgate.yaml -c runbooks -e production --finished-at file`, {
        env: away,
      }),
      0,
    );
    expect(err).toContain('launchgate ledger sequence');
    expect((await world.launchgate('evidence list -f json')).out).toBe(vkey);
    expect((await world.launchgate('ledger fsck --no-signatures')).out).toContain(
      '1 evidence files are not in the log',
    );
    expect((await world.launchgate('ledger sequence')).out).toContain('1 envelopes');
    expect((await world.launchgate('evidence list')).out).toContain('runbooks');
    rmSync(keys, { recursive: true });
    const { code } = await world.launchgate('ledger sequence');
    expect(code).toBe(1);
  });
});

describe('evidence list', () => {
  it('in order, newest last', async () => {
    const world = await gated();
    const digest = await addScan(world);
    const lines = (await world.launchgate('evidence list')).out.trim().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines.at(-1)).toContain(digest.slice(7, 23));
  });
});
