import { describe, expect, it } from 'vitest';
import { addScan, decide, gated, sarif } from './gated.ts';
import { budget, DIGEST, expectCode, SPEC, type Workspace } from './workspace.ts';

const DAY = 86_400_000;
const BLOCKED = { 'deploy/budget.yaml': budget('api', 'maxUnavailable: 0') };

/** Runs a verb and answers the digest it names. */
async function digestOf(world: Workspace, argv: readonly string[]): Promise<string> {
  const { out } = expectCode(await world.run(argv), 0);
  return /sha256:[0-9a-f]{64}/.exec(out)?.[0] ?? '';
}

const WAIVE = ['waive', 'disruption-budget', '-e', 'production', '-r', 'second zone arrives on Friday', '--for', '7d'];

describe('waive', () => {
  it('counts once another person approved it, is shown, and ends', async () => {
    const world = await gated(BLOCKED);
    const digest = await digestOf(world, WAIVE);
    const asked = await decide(world, 'static');
    expect(asked.answer.code).toBe(1);
    expectCode(await world.launchgate(`waive --approve ${digest.slice(7, 23)} -k bo`), 0);
    const { answer, decision, reasons } = await decide(world, 'static');
    expect(answer.code).toBe(0);
    expect(decision.requirements[0]).toMatchObject({ state: 'waived' });
    expect(reasons).toContain('second zone arrives on Friday');
    expect((await world.launchgate('gate static')).out).toContain('second zone arrives on Friday');
    const over = await decide(world, 'static', { now: new Date(Date.now() + 8 * DAY) });
    expect(over.answer.code).toBe(1);
  });

  it('refuses the requester as approver, by whichever key', async () => {
    const world = await gated(BLOCKED);
    const second = await world.enrolled('ana', 'laptop');
    await world.propose((policy) => ({ ...policy, keys: [...policy.keys, second] }));
    const digest = await digestOf(world, WAIVE);
    for (const key of ['default', 'laptop']) {
      const vain = expectCode(await world.launchgate(`waive --approve ${digest.slice(7, 23)} -k ${key}`), 1);
      expect(vain.err).toContain('It opens nothing: nobody but its requester ana approved it');
    }
    const { answer, reasons } = await decide(world, 'static');
    expect(answer.code).toBe(1);
    expect(reasons).toContain('its waiver is refused');
  });

  it('is bounded by the policy', async () => {
    const world = await gated(BLOCKED);
    const digest = await digestOf(world, [...WAIVE.slice(0, -1), '31d']);
    const approved = expectCode(await world.launchgate(`waive --approve ${digest} -k bo`), 1);
    expect(approved.err).toContain('It opens nothing: it asks for 31 days, at most 30 are allowed');
    const { answer, reasons } = await decide(world, 'static');
    expect(answer.code).toBe(1);
    expect(reasons).toMatch(/its waiver is refused: it asks for 31 days, at most 30/);
  });

  it.each([
    [['waive', 'disruption-budgets', '-e', 'production', '-r', 'x'], 'disruption-budget?'],
    [[...WAIVE, '-s', 'service/apii'], 'disruption-budget has no subject service/apii in production'],
    [['waive', 'disruption-budget', '-r', 'x'], '--environment'],
    [['waive', 'disruption-budget', '-e', 'production', '-r', 'x', '--for', 'long'], 'is not a duration'],
    [['waive', 'disruption-budget', '-e', 'production', '-r', 'x', '--for', '0s'], 'ends at once, or never'],
    [['waive', 'disruption-budget', '-e', 'production', '-r', 'x', '--for', '99999999999w'], 'ends at once, or never'],
    [['waive', '--approve', '0123456789abcdef'], 'the ledger has no waiver'],
    [['waive', 'disruption-budget', '--approve', '0123456789abcdef'], 'signs the waiver as it was asked for'],
  ])('%s: exit 2', async (argv, said) => {
    const { code, out, err } = await (await gated()).run(argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(said);
  });

  it('asks for none of what cannot be waived: exit 1', async () => {
    const world = await gated();
    await world.propose((policy) => ({ ...policy, nonWaivable: ['disruption-budget'] }));
    for (const control of ['disruption-budget', 'ssrf-guard'])
      expect(expectCode(await world.run(WAIVE.with(1, control)), 1).err).toContain(`${control} cannot be waived`);
  });

  it('takes no key that belongs to nobody: exit 1', async () => {
    const { code, err } = await (await gated()).run([...WAIVE, '-k', 'mallory']);
    expect(code).toBe(1);
    expect(err).toContain('belongs to no person');
  });
});

describe('exclude', () => {
  it('signs what the spec only claims', async () => {
    const world = await gated({
      'launchgate.yaml': `${SPEC}notApplicable:\n  - control: disruption-budget\n    reason: one node only\n`,
    });
    const before = await decide(world, 'static');
    expect(before.answer.code).toBe(1);
    expect(before.reasons).toContain('no signed exclusion');
    const digest = await digestOf(world, ['exclude', 'disruption-budget', '-e', 'production', '-r', 'one node only']);
    expect((await decide(world, 'static')).answer.code).toBe(1);
    expectCode(await world.launchgate(`exclude --approve ${digest} -k bo`), 0);
    const { answer, decision } = await decide(world, 'static');
    expect(answer.code).toBe(0);
    expect(decision.requirements[0]).toMatchObject({ state: 'excluded' });
  });
});

describe('sign-off', () => {
  const SIGN = 'sign-off -g signed -t infrastructure';

  it('does not count by somebody who wrote an earlier one of several commits that came at once', async () => {
    const world = await gated();
    const step = (email: string): string => {
      world.git('-c', `user.email=${email}`, 'commit', '-q', '--allow-empty', '-m', 'Step');
      return world.git('rev-parse', 'HEAD').trim();
    };
    const written = step('bo@example.com');
    step('dev@example.com');
    expect((await decide(world, 'signed')).reasons).toContain('all who hold security-lead wrote or committed');
    const { err } = expectCode(await world.launchgate(`${SIGN} -k bo`), 1);
    expect(err).toContain(
      'It opens nothing: bo wrote or committed the candidate and does not count; no GO of this gate',
    );
    const { answer, decision, reasons } = await decide(world, 'signed');
    expect(answer.code).toBe(1);
    expect(reasons).toContain('bo wrote or committed the candidate and does not count');
    expect(decision.blocks[0]?.next).toContain('reviewedCommits');
    await world.propose((policy) => ({
      ...policy,
      version: policy.version + 1,
      reviewedCommits: [written],
    }));
    expectCode(await world.launchgate(`${SIGN} -k bo`), 0);
    expectCode(await world.launchgate('gate signed -o ../go.json'), 0);
    expect((await decide(world, 'signed')).answer.code).toBe(0);
    step('dev@example.com');
    expectCode(await world.launchgate(`${SIGN} -k bo`), 0);
    expect((await decide(world, 'signed')).answer.code).toBe(0);
    step('bo@example.com');
    step('dev@example.com');
    expectCode(await world.launchgate(`${SIGN} -k bo`), 1);
    expect((await decide(world, 'signed')).reasons).toContain('bo wrote or committed the candidate and does not count');
  });

  it('by the role that the gate asks for opens it', async () => {
    const world = await gated();
    const before = await decide(world, 'signed');
    expect(before.answer.code).toBe(1);
    expect(before.reasons).toContain('infrastructure is not signed off by security-lead');
    const { err } = expectCode(await world.launchgate(`${SIGN} -k bo --seal ${before.decision.seal}`), 0);
    expect(err).toContain(before.decision.seal);
    expect(err).not.toContain('It opens nothing');
    expect((await decide(world, 'signed')).answer.code).toBe(0);
  });

  it('of a topic that nobody asks about is refused, with those that somebody does', async () => {
    const world = await gated();
    const { code, out, err } = await world.launchgate('sign-off -g signed -t infrastucture -k bo');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('asks for no sign-off of infrastucture');
    expect(err).toContain('Name one of infrastructure, or a control');
  });

  it('of another role does not', async () => {
    const world = await gated();
    const { err } = expectCode(await world.launchgate(SIGN), 1);
    expect(err).toContain('It opens nothing: infrastructure is for security-lead, which ana is not.');
    expect((await decide(world, 'signed')).answer.code).toBe(1);
  });

  it('of the author does not count', async () => {
    const world = await gated();
    const dev = await world.enrolled('dev');
    await world.propose((policy) => ({ ...policy, keys: [...policy.keys, dev] }));
    expectCode(await world.launchgate(`${SIGN} -k dev`), 1);
    const { answer, reasons } = await decide(world, 'signed');
    expect(answer.code).toBe(1);
    expect(reasons).toContain('dev wrote or committed the candidate and does not count');
  });

  it('does not serve another candidate: a replayed one is refused', async () => {
    const world = await gated();
    expectCode(await world.launchgate(`${SIGN} -k bo`), 0);
    world.write({ 'deploy/web.yaml': budget('web') });
    world.commit('Something else');
    const { answer, reasons } = await decide(world, 'signed');
    expect(answer.code).toBe(1);
    expect(reasons).toContain('signed off another candidate');
  });

  it('is for the inputs that were looked at', async () => {
    const world = await gated();
    const { code, err } = await world.launchgate(`${SIGN} -k bo --seal sha256:${'00'.repeat(32)}`);
    expect(code).toBe(1);
    expect(err).toContain('the inputs have changed');
  });

  it('of a work tree that is no commit is refused', async () => {
    const world = await gated();
    world.write({ 'note.txt': 'not committed\n' });
    const { code, err } = await world.launchgate(`${SIGN} -k bo`);
    expect(code).toBe(1);
    expect(err).toMatch(/the candidate is unpinned \(note\.txt is not .*\), and nobody can sign off/);
    expect(err).toContain('Commit the work tree');
  });
});

describe('break-glass', () => {
  const OPEN = ['break-glass', '-g', 'static', '-r', 'payments are down', '--incident', 'INC-1', '--hours', '2'];
  const verify = (world: Workspace, flags = ''): ReturnType<Workspace['launchgate']> =>
    world.launchgate(`verify ../decision.json -g static -e production --image ${DIGEST} ${flags}`);

  it('needs a quorum, leaves a NO-GO, and passes a verifier only when told', async () => {
    const world = await gated(BLOCKED);
    const digest = await digestOf(world, OPEN);
    expect((await decide(world, 'static')).decision.breakGlass).toBeUndefined();
    expectCode(await world.launchgate(`break-glass -g static --approve ${digest} -k bo`), 0);
    const { answer, decision } = await decide(world, 'static');
    expect(answer.code).toBe(1);
    expect(decision).toMatchObject({ verdict: 'NO-GO', breakGlass: { reason: 'payments are down' } });
    expectCode(await world.launchgate('gate static -o ../decision.json'), 1);
    expect((await verify(world)).code).toBe(1);
    const passed = await verify(world, '--accept-break-glass');
    expect(passed.code).toBe(0);
    expect(passed.out).toContain('break-glass');
  });

  it('ends by itself', async () => {
    const world = await gated(BLOCKED);
    const digest = await digestOf(world, OPEN);
    expectCode(await world.launchgate(`break-glass -g static --approve ${digest} -k bo`), 0);
    const { decision } = await decide(world, 'static', { now: new Date(Date.now() + 3 * 3_600_000) });
    expect(decision.breakGlass).toBeUndefined();
  });

  it('is approved for its own gate, and by who holds the role: exit 2 and 1', async () => {
    const world = await gated(BLOCKED);
    await world.propose((policy) => ({ ...policy, breakGlass: { ...policy.breakGlass, approvers: ['owner'] } }));
    const digest = await digestOf(world, OPEN);
    const other = expectCode(await world.launchgate(`break-glass -g scanned --approve ${digest} -k bo`), 2);
    expect(other.err).toContain('opens static for production');
    const vain = expectCode(await world.launchgate(`break-glass -g static --approve ${digest} -k bo`), 1);
    expect(vain.err).toContain('It opens nothing: bo does not hold owner');
  });

  it('longer than the policy allows is refused before anybody signs', async () => {
    const world = await gated(BLOCKED);
    for (const hours of ['5', '1e300']) {
      const { code, out, err } = await world.run([...OPEN.slice(0, -1), hours]);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain('more than the 4 that the policy allows');
    }
  });

  it('shorter than a minute, or no number, is refused before anybody signs', async () => {
    const world = await gated(BLOCKED);
    for (const hours of ['1e-9', '0', '-1', 'soon']) {
      const { code, out } = await world.run([...OPEN.slice(0, -2), `--hours=${hours}`]);
      expect({ code, out }).toEqual({ code: 2, out: '' });
    }
    expect((await world.run([...OPEN.slice(0, -1), '0.016'])).err).toContain('Ask for a minute at least');
    expect((await world.run([...OPEN.slice(0, -1), '0.02'])).code).toBe(0);
  });

  it('wants a reason', async () => {
    expect((await (await gated()).launchgate('break-glass -g static')).code).toBe(2);
  });
});

describe('weakening', () => {
  it('what the last GO demanded cannot vanish from the spec', async () => {
    const world = await gated();
    expectCode(await world.launchgate('gate static -o ../go.json'), 0);
    world.write({ 'launchgate.yaml': SPEC.replace('    quorum: 1\n', '').replace('quorum: 1', '') });
    world.git('rm', '-q', 'deploy/api.yaml');
    world.write({ 'launchgate.yaml': SPEC.slice(0, SPEC.indexOf('services:')) });
    world.commit('Drop the service');
    const { answer, reasons } = await decide(world, 'static');
    expect(answer.code).toBe(1);
    expect(reasons).toMatch(/service\/api/);
  });

  it('evidence of a key that was enrolled later does not count', async () => {
    const world = await gated();
    await addScan(world, '-k later', sarif(), 1);
    const later = await world.enrolled('bo', 'later');
    await world.propose((policy) => ({ ...policy, keys: [...policy.keys, later] }));
    expect((await decide(world, 'scanned')).answer.code).toBe(1);
  });
});
