import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { signerFor } from '../../src/app/acts.ts';
import { decodeEnvelope, encodeEnvelope, signStatement, statementOf } from '../../src/ledger/envelope.ts';
import { VSA_FIELD } from '../../src/gate/vsa.ts';
import { addScan, gated, sarif } from './gated.ts';
import { DIGEST, expectCode, type Answer, type Workspace } from './workspace.ts';

let world: Workspace;
beforeEach(async () => {
  world = await gated();
});

function verify(file: string, flags = '', gate = 'static'): Promise<Answer> {
  return world.launchgate(`verify ${file} -g ${gate} -e production --image ${DIGEST} ${flags}`);
}

describe('verify where the log was at hand', () => {
  const parts = ['.launchgate', '.launchgate/ledger', '.launchgate/ledger/checkpoint'];

  it.each(parts)('and %s is gone cannot tell: exit 2', async (part) => {
    expectCode(await world.launchgate('gate static -o ../go.json'), 0);
    rmSync(join(world.root, part), { recursive: true });
    const { code, out, err } = await verify('../go.json');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('it was there before');
  });

  it('believes no revoked key because the log that revoked it was taken away, whatever size its decision names', async () => {
    const runner = await world.enrolled('bo', 'runner');
    await world.propose((policy) => ({ ...policy, keys: [...policy.keys, runner] }));
    expectCode(await world.launchgate('gate static -k runner -o ../before.json'), 0);
    expectCode(await world.run(['policy', 'revoke', runner.id, '-r', 'copied off the build machine']), 0);
    await forge('../before.json', '../stolen.json', { size: 1_000_000, key: 'runner' });
    const flags = `--signer ${join(world.home, 'keys/runner.pub')}`;
    rmSync(join(world.root, '.launchgate/ledger/checkpoint'));
    expect(await verify('../stolen.json', flags)).toMatchObject({ code: 2, out: '' });
  });

  it('goes by the size that the verifier names, where there is no ledger any more', async () => {
    expectCode(await world.launchgate('gate static -o ../go.json'), 0);
    rmSync(join(world.root, '.launchgate'), { recursive: true });
    expect((await verify('../go.json', '--min-ledger-size 2')).code).toBe(0);
    expect((await verify('../go.json', '--min-ledger-size 90')).code).toBe(1);
  });

  it('cannot tell of a decision on a tree that is larger than this one, which may be any: exit 2', async () => {
    expectCode(await world.launchgate('gate static -o ../go.json'), 0);
    await forge('../go.json', '../larger.json', { size: 90, key: 'default' });
    const { code, out, err } = await verify('../larger.json');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/rests on a ledger of 90 entries, and the one here has \d+: nobody can tell/);
  });

  /** Signs a decision again, resting on a ledger of another size, by a key of this home. */
  async function forge(from: string, to: string, { size, key }: { size: number; key: string }): Promise<void> {
    const envelope = decodeEnvelope(readFileSync(join(world.root, from)), from);
    const { predicate, ...statement } = statementOf(envelope, from);
    const resting = { ...(predicate as object), [VSA_FIELD.ledger]: { size, root: 'AAAA' } };
    const signer = await signerFor({ LAUNCHGATE_HOME: world.home }, key);
    const forged = await signStatement({ ...statement, predicate: resting }, [signer]);
    writeFileSync(join(world.root, to), encodeEnvelope(forged));
  }
});

describe('a GO', () => {
  it('ends with the NO-GO about the same candidate that the log holds since, until there is a GO again', async () => {
    await addScan(world);
    expectCode(await world.launchgate('gate scanned -o ../go.json'), 0);
    expectCode(await verify('../go.json', '', 'scanned'), 0);
    await addScan(world, '', sarif([{ ruleId: 'CVE-2026-4242', severity: '9.8' }]));
    expectCode(await world.launchgate('gate scanned -o ../no.json'), 1);
    const { code, out } = await verify('../go.json', '', 'scanned');
    expect(code).toBe(1);
    expect(out).toMatch(/it was followed by a NO-GO about the same candidate, of \S+ \(entry \d+\)/);
    await addScan(world, '', sarif([{ ruleId: 'CVE-2026-4243', severity: '1.0' }]));
    expectCode(await world.launchgate('gate scanned -o ../again.json'), 0);
    expect((await verify('../again.json', '', 'scanned')).code).toBe(0);
    expect((await verify('../go.json', '', 'scanned')).code).toBe(0);
  });

  it('does not end with the NO-GO of another gate, nor of somebody who may not decide', async () => {
    expectCode(await world.launchgate('gate static -o ../go.json'), 0);
    expectCode(await world.launchgate('gate scanned -o ../other-gate.json'), 1);
    expectCode(await verify('../go.json'), 0);
    await addScan(world, '', sarif());
    expectCode(await world.launchgate('gate scanned -o ../scanned.json'), 0);
    await addScan(world, '', sarif([{ ruleId: 'CVE-2026-4242', severity: '9.8' }]));
    expectCode(await world.launchgate('gate scanned -k stranger -o ../no.json'), 1);
    expect((await verify('../scanned.json', '', 'scanned')).code).toBe(0);
  });
});
