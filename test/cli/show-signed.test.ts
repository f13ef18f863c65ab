import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { act, openDesk } from '../../src/app/human-acts.ts';
import { findProject } from '../../src/app/project.ts';
import { waiverStatement } from '../../src/gate/statements.ts';
import { gated } from './gated.ts';
import { budget, expectCode, service, SPEC, type Workspace } from './workspace.ts';

/** Runs a verb and answers the beginning of the digest it names. */
async function digestOf(world: Workspace, argv: readonly string[]): Promise<string> {
  const { out } = expectCode(await world.run(argv), 0);
  return /sha256:([0-9a-f]{16})/.exec(out)?.[1] ?? '';
}

describe('a person is shown all of what they sign', () => {
  it.each(['waive', 'exclude'])('%s --approve: what another asked for, as no terminal obeys it', async (verb) => {
    const world = await gated({ 'deploy/budget.yaml': budget('api', 'maxUnavailable: 0') });
    const reason = 'all is well\nexpires  2020-01-01\u001b[2J ##[error]x';
    const ask = [verb, 'disruption-budget', '-e', 'production', '-s', 'service/api', '-r', reason, '--for', '7d'];
    const digest = await digestOf(world, ask);
    const { err } = expectCode(await world.run([verb, '--approve', digest, '-k', 'bo']), 0);
    const shown = err.slice(0, err.indexOf('entry '));
    expect(shown.split('\n')).toEqual([
      expect.stringMatching(/^bo signs this (?:waiver|exclusion):$/),
      '  control      disruption-budget',
      '  environment  production',
      expect.stringMatching(/^ {2}expires {6}\d{4}-/),
      expect.stringMatching(/^ {2}issuedAt {5}\d{4}-/),
      '  reason       all is well expires 2020-01-01\\u001b[2J \\u0023#[error]x',
      '  requester    ana',
      '  subject      service/api',
      '',
    ]);
  });

  it('policy sign: every line that a proposal changes, defaults that it falls back to included, and no other', async () => {
    const world = await gated();
    await world.propose((policy) => ({ ...policy, owners: { persons: ['ana', 'bo'], quorum: 2 } }));
    writeFileSync(join(world.base, 'policy.yaml'), 'waivers: { maxDays: 365 }');
    const digest = await digestOf(world, ['policy', 'propose', '../policy.yaml']);
    const { err } = expectCode(await world.launchgate(`policy sign ${digest} -k bo`), 0);
    expect(err).toMatch(/^bo signs this policy:\n {2}policy\n[^]*\n {2}version {2}4\n/);
    expect(err.match(/^ {4}[-+].*/gm)?.map((line) => line.trim())).toEqual([
      expect.stringMatching(/^-previous: sha256:/),
      expect.stringMatching(/^\+previous: sha256:/),
      '-version: 3',
      '+version: 4',
      '-    - security-lead',
      '-  maxDays: 30',
      '-  maxTotalDays: 40',
      '+  maxDays: 365',
      '+  maxTotalDays: 90',
    ]);
  });

  it('policy accept, and sign for it: what is demanded no more', async () => {
    const world = await gated({ 'deploy/web.yaml': service('web'), 'deploy/web-budget.yaml': budget('web') });
    await world.propose((policy) => ({ ...policy, owners: { persons: ['ana', 'bo'], quorum: 2 } }));
    world.write({ 'launchgate.yaml': `${SPEC}  - name: web\n    owner: team-web\n    quorum: 1\n` });
    world.commit('Two services');
    expectCode(await world.launchgate('gate static -o ../go.json'), 0);
    world.git('rm', '-q', 'deploy/web.yaml', 'deploy/web-budget.yaml');
    world.write({ 'launchgate.yaml': SPEC });
    world.commit('One service');
    const accepted = expectCode(await world.launchgate('policy accept static'), 0);
    const digest = /policy sign ([0-9a-f]{16})/.exec(accepted.err)?.[1] ?? '';
    const signed = expectCode(await world.launchgate(`policy sign ${digest} -k bo`), 0);
    for (const { err } of [accepted, signed]) expect(err).toMatch(/^ {4}- +(?:- )?service\/web$/m);
  });

  it('sign-off and break-glass: the commit behind the digest', async () => {
    const world = await gated();
    const head = world.git('rev-parse', 'HEAD').trim();
    const signed = expectCode(await world.launchgate('sign-off -g signed -t infrastructure -k bo'), 0);
    expect(signed.err).toContain(`commit ${head} of `);
    expect(signed.err).toMatch(/^ {2}seal +sha256:[0-9a-f]{64}$/m);
    const open = ['break-glass', '-g', 'scanned', '-r', 'payments are down', '--incident', 'INC-1'];
    const digest = await digestOf(world, open);
    const { err } = await world.run(['break-glass', '-g', 'scanned', '--approve', digest, '-k', 'bo']);
    expect(err).toMatch(/^bo signs this break-glass:\n[^]*\n {2}gate +scanned\n/);
    expect(err).toMatch(/^ {2}incident +INC-1$/m);
  });

  it('before it is signed: nothing is recorded of what could not be shown', async () => {
    const world = await gated();
    const list = async (): Promise<string> => (await world.launchgate('evidence list')).out;
    const before = await list();
    const desk = await openDesk(
      findProject(world.root, undefined, undefined),
      { LAUNCHGATE_HOME: world.home },
      'bo',
      () => {
        throw new Error('the terminal is gone');
      },
    );
    const now = new Date();
    const statement = waiverStatement({
      control: 'disruption-budget',
      environment: 'production',
      reason: 'for a test of it',
      requester: 'ana',
      issuedAt: now.toISOString(),
      expires: now.toISOString(),
    });
    await expect(act(desk, statement)).rejects.toThrow('the terminal is gone');
    expect(await list()).toBe(before);
  });
});
