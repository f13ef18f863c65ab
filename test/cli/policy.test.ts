import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gated } from './gated.ts';
import { budget, expectCode, service, SPEC, type Workspace } from './workspace.ts';

async function version(world: Workspace): Promise<number> {
  return Number(/^version: (\d+)$/m.exec((await world.launchgate('policy show')).out)?.[1]);
}

describe('policy', () => {
  it('a proposal is in force once a quorum of the version before signed it', async () => {
    const world = await gated();
    await world.propose((policy) => ({ ...policy, owners: { persons: ['ana', 'bo'], quorum: 2 } }));
    expect(await version(world)).toBe(3);
    const { out, err } = await world.propose((policy) => ({ ...policy, waivers: { maxDays: 5 } }));
    expect(err).toContain('once 2 owners signed');
    expect(await version(world)).toBe(3);
    const pending = await world.launchgate('policy show');
    expect(pending.err).toMatch(/entry \d+ waits/);
    const digest = /sha256:[0-9a-f]{64}/.exec(out)?.[0] ?? '';
    expectCode(await world.launchgate(`policy sign ${digest.slice(7, 23)} -k bo`), 0);
    expect(await version(world)).toBe(4);
  });

  it('a person who is no owner proposes in vain, and an owner may sign it', async () => {
    const world = await gated();
    writeFileSync(join(world.base, 'policy.yaml'), 'waivers: { maxDays: 5 }');
    const { out, err } = expectCode(await world.launchgate('policy propose ../policy.yaml -k bo'), 0);
    expect(err).toContain('once 1 owner signed');
    expect(await version(world)).toBe(2);
    const digest = /sha256:[0-9a-f]{64}/.exec(out)?.[0] ?? '';
    const vain = expectCode(await world.launchgate(`policy sign ${digest} -k bo`), 1);
    expect(vain.err).toContain('It counts for nothing: signed by 0 of the 1 owners');
    expectCode(await world.launchgate(`policy sign ${digest}`), 0);
    expect(await version(world)).toBe(3);
  });

  it('takes no document that was made from an earlier version: it would take back what changed since', async () => {
    const world = await gated();
    const shown = (await world.launchgate('policy show')).out;
    const file = join(world.base, 'policy.yaml');
    expectCode(await world.propose((policy) => ({ ...policy, nonWaivable: ['ssrf-guard'] })), 0);
    for (const stale of [shown, shown.replace('version: 2', 'version: 3'), shown.replace('version: 2', 'version: 4')]) {
      writeFileSync(file, stale);
      const { err } = expectCode(await world.run(['policy', 'propose', file]), 2);
      expect(err).toContain('is not made from policy version 3, which is in force');
    }
    writeFileSync(file, (await world.launchgate('policy show')).out.replace('version: 3', 'version: 4'));
    expectCode(await world.run(['policy', 'propose', file]), 0);
    expect(await version(world)).toBe(4);
  });

  it('ends a key for its holder and the owners only, and no key that there is not', async () => {
    const world = await gated();
    const of = async (name: string): Promise<string> => (await world.enrolled('ana', name)).id;
    const [ana, bo] = [await of('default'), await of('bo')];
    const revoke = (id: string, key: string) => world.run(['policy', 'revoke', id, '-r', 'lost laptop', '-k', key]);
    expect(expectCode(await revoke(ana, 'bo'), 1).err).toContain('It counts for nothing: person/bo may not revoke');
    expectCode(await revoke(`sha256:${'a'.repeat(64)}`, 'default'), 2);
    expectCode(await revoke(bo, 'default'), 0);
    expectCode(await world.launchgate('policy propose ../policy.yaml -k bo'), 1);
  });

  it('a lowered quorum counts only when the old quorum wants it', async () => {
    const world = await gated();
    await world.propose((policy) => ({ ...policy, owners: { persons: ['ana', 'bo'], quorum: 2 } }));
    await world.propose((policy) => ({ ...policy, owners: { persons: ['ana'], quorum: 1 } }));
    expect(await version(world)).toBe(3);
  });

  it('refuses what is no policy: exit 2, naming what is wrong', async () => {
    const world = await gated();
    const file = join(world.base, 'policy.yaml');
    const good = readFileSync(file, 'utf8');
    for (const [text, said] of [
      ['a: [1\n', 'policy.yaml:1:5: '],
      [`gatez: []\n`, 'policy.yaml:1:1: at gatez: unknown key "gatez"; did you mean "gates"?'],
      ['nothing\n', 'holds no policy'],
      [good.replace('quorum: 1', 'quorum: none'), 'owners.quorum'],
      [`${good}\nunknown: 1\n`, 'unknown'],
    ] as const) {
      writeFileSync(file, text);
      const { code, out, err } = await world.run(['policy', 'propose', file]);
      expect({ code, out }, text).toEqual({ code: 2, out: '' });
      expect(err).toContain(said);
    }
  });

  it('refuses to hold a control to something that there is not, unless the policy in force did', async () => {
    const world = await gated();
    const file = join(world.base, 'policy.yaml');
    for (const [text, said] of [
      [
        'nonWaivable: [no-plaintext-secret]',
        '1:15: at nonWaivable[0]: there is no control "no-plaintext-secret"; did you mean "no-plaintext-secrets"?',
      ],
      [
        'floors: { imutable-images: { requireDigest: { exactly: true } } }',
        '1:11: at floors.imutable-images: there is no control "imutable-images"; did you mean "immutable-images"?',
      ],
      [
        'floors:\n  vulnerability-policy: { failon: { exactly: high } }',
        '2:27: at floors.vulnerability-policy.failon: vulnerability-policy has no param "failon" to set a floor for. Did you mean failOn?',
      ],
      [
        'floors:\n  vulnerability-policy: { failOn: { exactly: hihg } }',
        '2:27: at floors.vulnerability-policy.failOn: expected one of critical, high, medium, low, found "hihg"; did you mean "high"?',
      ],
      [
        'floors:\n  edge-tls:\n    minHstsSeconds: { atLeast: 90d }',
        '3:5: at floors.edge-tls.minHstsSeconds: expected a number, found "90d"',
      ],
    ] as const) {
      writeFileSync(file, text);
      const { code, out, err } = await world.run(['policy', 'propose', file]);
      expect({ code, out }, text).toEqual({ code: 2, out: '' });
      expect(err).toContain(`policy.yaml:${said}`);
    }
    const own =
      '\ncontrols:\n  - { id: read-it, title: Read, statement: It was read., accept: { predicate: attachment } }\n';
    world.write({ 'launchgate.yaml': SPEC + own });
    writeFileSync(file, 'nonWaivable: [read-it]');
    expectCode(await world.run(['policy', 'propose', file]), 0);
    world.write({ 'launchgate.yaml': SPEC });
    writeFileSync(file, 'waivers: { maxDays: 5 }');
    expectCode(await world.run(['policy', 'propose', file]), 0);
  });

  it('a revoked key signs for nobody from then on', async () => {
    const world = await gated();
    const key = /id: (sha256:[0-9a-f]{64})/.exec((await world.launchgate('policy key -k bo')).out)?.[1] ?? '';
    expectCode(await world.run(['policy', 'revoke', key, '-r', 'the laptop was lost on the train']), 0);
    const { code, err } = await world.run([
      'waive',
      'pod-security',
      '-e',
      'production',
      '-r',
      'waiting for the new base image',
      '-k',
      'bo',
    ]);
    expect(code).toBe(1);
    expect(err).toMatch(/counts for nothing: it was revoked at log index \d+/);
    const { entries } = JSON.parse((await world.launchgate('evidence list -f json')).out) as {
      entries: { kind: string }[];
    };
    expect(entries.map(({ kind }) => kind)).toContain('key');
    expect(entries.map(({ kind }) => kind)).not.toContain('waiver');
    const added = await world.launchgate(
      'evidence add launchgate.yaml -c runbooks -e production -k bo --finished-at file',
    );
    expect(added.err).toMatch(
      /No gate takes it as evidence: what the key \S+ signs counts for nothing, since it was revoked at log index/,
    );
  });

  it('accept lets a later commit demand less than the last GO, once the owners signed it', async () => {
    const world = await gated({ 'deploy/web.yaml': service('web'), 'deploy/web-budget.yaml': budget('web') });
    await world.propose((policy) => ({ ...policy, owners: { persons: ['ana', 'bo'], quorum: 2 } }));
    world.write({ 'launchgate.yaml': `${SPEC}  - name: web\n    owner: team-web\n    quorum: 1\n` });
    world.commit('Two services');
    expectCode(await world.launchgate('gate static -o ../go.json'), 0);
    const nothing = await world.launchgate('policy accept static');
    expect(nothing).toMatchObject({ code: 1, out: '' });
    expect(nothing.err).toContain('it demands no less than at the last GO for production');
    world.git('rm', '-q', 'deploy/web.yaml', 'deploy/web-budget.yaml');
    world.write({ 'launchgate.yaml': SPEC });
    expect((await world.launchgate('policy accept static')).err).toContain('the candidate is unpinned');
    world.commit('One service');
    const closed = await world.launchgate('gate static');
    expect(closed.code).toBe(1);
    expect(closed.out).toContain('launchgate policy accept static');
    const { out, err } = expectCode(await world.launchgate('policy accept static'), 0);
    expect(out).toMatch(/ {2}service\/web was part of the last GO and is gone: .*disruption-budget/);
    expect(out).toContain('service/web quorum was 1 at the last GO and is gone');
    expect((await world.launchgate('gate static')).code).toBe(1);
    const digest = /policy sign ([0-9a-f]{16})/.exec(err)?.[1] ?? '';
    expectCode(await world.launchgate(`policy sign ${digest} -k bo`), 0);
    expectCode(await world.launchgate('gate static'), 0);
    const dev = await world.enrolled('dev');
    await world.propose((policy) => ({ ...policy, keys: [...policy.keys, dev] }));
    expect(await world.launchgate('policy accept static -k dev')).toMatchObject({ code: 1, out: '' });
  });

  it('key prints what the policy enrols, and makes the key at first use', async () => {
    const world = await gated();
    const { out } = await world.launchgate('policy key -k fresh');
    expect(out).toMatch(/^- id: sha256:[0-9a-f]{64}\n {2}publicKey: \S{44}\n {2}owner: person\//);
    expect((await world.launchgate('policy key -k fresh')).out).toBe(out);
    expect((await world.launchgate('policy key -k ../escape')).code).toBe(2);
  });

  it('pin lets another machine read the ledger, and is never replaced silently', async () => {
    const world = await gated();
    const env = { LAUNCHGATE_HOME: join(world.base, 'other-home') };
    mkdirSync(env.LAUNCHGATE_HOME, { mode: 0o700 });
    const { policyRoot, logKeys } = pinned(join(world.home, 'pins'));
    expect((await world.launchgate('policy show', { env })).code).toBe(2);
    const argv = ['policy', 'pin', '--root', policyRoot, '--log-key', ...logKeys];
    expectCode(await world.run(argv, { env }), 0);
    expect((await world.launchgate('policy show', { env })).code).toBe(0);
    expect((await world.run(argv, { env })).code).toBe(1);
    expectCode(await world.run([...argv, '--replace'], { env }), 0);
    const wrong = ['policy', 'pin', '--root', `sha256:${'00'.repeat(32)}`, '--log-key', ...logKeys, '--replace'];
    expectCode(await world.run(wrong, { env }), 0);
    const { code, err } = await world.launchgate('gate static', { env });
    expect(code).toBe(2);
    expect(err).toContain('no policy with the pinned root');
    expect((await world.run(['policy', 'pin', '--root', 'sha256:12', '--log-key', 'x'], { env })).code).toBe(2);
  });

  it('the environment pins for CI', async () => {
    const world = await gated();
    const { policyRoot, logKeys } = pinned(join(world.home, 'pins'));
    const env = {
      LAUNCHGATE_HOME: join(world.base, 'ci'),
      LAUNCHGATE_POLICY_ROOT: policyRoot,
      LAUNCHGATE_LOG_KEYS: logKeys.join(','),
    };
    expect((await world.launchgate('gate static', { env })).code).toBe(0);
  });

  it('half of what the environment pins is refused, not passed over for what the machine pins', async () => {
    const world = await gated();
    const env = { LAUNCHGATE_POLICY_ROOT: `sha256:${'11'.repeat(32)}` };
    const { code, out, err } = await world.launchgate('gate static', { env });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('LAUNCHGATE_POLICY_ROOT is set, and LAUNCHGATE_LOG_KEYS is not');
  });

  it('propose names a document that is not there, or none', async () => {
    const world = await gated();
    expect((await world.launchgate('policy propose none.yaml')).err).toContain('none.yaml does not exist');
    expect(await world.launchgate('policy propose deploy')).toMatchObject({ code: 2, out: '' });
  });

  it('a pin that is torn is named, with the way to mend it', async () => {
    const world = await gated();
    const folder = join(world.home, 'pins');
    const file = readdirSync(folder).find((name) => name.endsWith('.json')) ?? '';
    writeFileSync(join(folder, file), '{');
    const { code, err } = await world.launchgate('gate static');
    expect(code).toBe(2);
    expect(err).toContain(`${file}: it is not JSON`);
    expect(err).toContain('policy pin --replace');
  });
});

function pinned(folder: string): { policyRoot: string; logKeys: string[] } {
  const file = readdirSync(folder).find((name) => name.endsWith('.json'));
  return JSON.parse(readFileSync(join(folder, file ?? ''), 'utf8')) as { policyRoot: string; logKeys: string[] };
}
