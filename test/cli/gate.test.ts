import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { appendFileSync, existsSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addScan, decide, gated, sarif } from './gated.ts';
import { budget, service, SPEC, Workspace } from './workspace.ts';

const DAY = 86_400_000;
const later = (days: number): Date => new Date(Date.now() + days * DAY);

describe('gate: the verdict', () => {
  it('GO, exit 0', async () => {
    const { answer, decision } = await decide(await gated(), 'static');
    expect(answer).toMatchObject({ code: 0, err: '' });
    expect(decision).toMatchObject({ verdict: 'GO', gate: 'static', environment: 'production', replay: false });
    expect(decision.candidate).toMatchObject({ pinned: true });
  });

  it('NO-GO, exit 1, with the reason, the place and what to do', async () => {
    const world = await gated({ 'deploy/budget.yaml': budget('api', 'maxUnavailable: 0') });
    const { code, out } = await world.launchgate('gate static');
    expect(code).toBe(1);
    expect(out).toContain('NO-GO');
    expect(out).toContain('disruption-budget');
    expect(out).toMatch(/maxUnavailable|budget/);
  });

  it('a drill that was never run is missing, never satisfied', async () => {
    const { answer, reasons } = await decide(await gated(), 'drilled');
    expect(answer.code).toBe(1);
    expect(reasons).toContain('no drill of service/api is on record');
  });

  it.each(['static', 'scanned'])('%s names a service whose workload is not there', async (gate) => {
    const services = SPEC.replace('services:', 'services:\n  - name: ghost\n    workloads: [{ name: gohst }]');
    const world = await gated({ 'launchgate.yaml': services });
    await addScan(world);
    const { answer, decision } = await decide(world, gate);
    expect(answer.code).toBe(1);
    const open = decision.requirements.filter(({ state }) => state !== 'satisfied');
    expect(open.map(({ subject }) => subject)).toEqual(['service/ghost']);
  });

  it('speaks every format', async () => {
    const world = await gated();
    expect((await world.launchgate('gate static -f junit')).out).toMatch(/<testsuites[^>]* failures="0"/);
    expect((await world.launchgate('gate static -f markdown')).out).toContain('GO');
    expect((await world.launchgate('gate static -f html')).out).toMatch(/^<!doctype html>/i);
  });

  it('the built-in launch gate knows everything that is missing', async () => {
    const { answer, decision } = await decide(await gated(), 'public-launch');
    expect(answer.code).toBe(1);
    expect(decision.requirements.length).toBeGreaterThan(20);
    expect(decision.blocks.map(({ code }) => code)).toContain('sign-off-missing');
  });

  it('an environment by another name than the spec has for it: exit 2, since a decision is for the name that it says', async () => {
    const { code, out, err } = await (await gated()).launchgate('gate public-launch -e prod');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('no environment is called prod');
    expect(err).toContain('Name production with --environment');
  });

  it.each(['../none/go.json', '..'])(
    'a place that takes no file, %s, is refused before anything is recorded',
    async (place) => {
      const world = await gated();
      const before = (await world.launchgate('evidence list')).out;
      const { code, out, err } = await world.launchgate(`gate static -o ${place}`);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain(`${place} is not a file in a folder that is there`);
      expect((await world.launchgate('evidence list')).out).toBe(before);
    },
  );

  it('a mistake in a hostile description drives no terminal, and begins no line', async () => {
    const name = '"\\u001b[31m\\u202e\\n::error::x"';
    const world = await gated();
    world.write({ 'launchgate.yaml': `${SPEC}tracks: [{ id: a, title: A, target: ${name} }]\n` });
    const { code, err } = await world.launchgate('gate static');
    expect(code).toBe(2);
    expect(err).not.toMatch(/(?!\n)\p{Cc}|\p{Cf}|^::/mu);
    expect(err).toContain('\\u001b[31m\\u202e \\u003a:error::x');
  });

  it.each([
    ['gate nothing', 'no gate is called nothing'],
    ['gate static --at yesterday', 'yesterday is not a time'],
    ['gate static -o /dev/full', 'Make room on the disk'],
    ['gate static --candidate deploy/api.yaml', 'is not a candidate'],
  ])('%s: exit 2', async (line, said) => {
    const { code, out, err } = await (await gated()).launchgate(line);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(said);
  });
});

describe('gate: the candidate', () => {
  it('an uncommitted change is unpinned, and unpinned is NO-GO', async () => {
    const world = await gated();
    appendFileSync(join(world.root, 'deploy/api.yaml'), '# not committed\n');
    const { answer, decision, reasons } = await decide(world, 'static');
    expect(answer.code).toBe(1);
    expect(decision.candidate.pinned).toBe(false);
    expect(reasons).toMatch(/unpinned|commit/);
    expect(reasons).toContain('deploy/api.yaml is not as it is in the commit');
  });

  it('decides about the commit, not about what lies beside it', async () => {
    const world = await gated();
    const before = await decide(world, 'static');
    world.write({ '.git/info/exclude': 'local/\n', 'local/budget.yaml': budget('api', 'maxUnavailable: 0') });
    const after = await decide(world, 'static');
    expect(after.answer.code).toBe(0);
    expect(after.decision.candidate.digest).toBe(before.decision.candidate.digest);
  });

  it('follows the links of the commit: what one leads to is deployed as well', async () => {
    const world = await gated({ 'other/budget.txt': budget('api', 'maxUnavailable: 0') });
    expect((await decide(world, 'static')).answer.code).toBe(0);
    symlinkSync('../other/budget.txt', join(world.root, 'deploy/second-budget.yaml'));
    world.commit('A link');
    const { answer, reasons } = await decide(world, 'static');
    expect(answer.code).toBe(1);
    expect(reasons).toMatch(/budget/);
  });

  it('takes for evidence what a link of a track names in the commit: not the commit itself, nor what lies outside of it', async () => {
    const links = ['docs/plan.md', 'docs', 'docs/*', '.', 'docs/..', './', 'outside.md', 'nothing.md'];
    const evidence = links.map((link) => `{ title: Proof, link: ${JSON.stringify(link)} }`).join(', ');
    const world = await gated({
      'docs/plan.md': '# Plan\n',
      'launchgate.yaml': `${SPEC}tracks: [{ id: a, title: A, evidence: [${evidence}] }]\n`,
    });
    symlinkSync('/etc/hostname', join(world.root, 'outside.md'));
    world.commit('A link');
    const [track] = (await decide(world, 'static')).decision.tracks;
    const broken = [...(track?.because.matchAll(/evidence (\S+) does not resolve/g) ?? [])].map(([, link]) => link);
    expect(broken).toEqual(['.', 'docs/..', './', 'outside.md', 'nothing.md']);
  });

  it('cannot tell of what is in a submodule, unless the spec leaves it out', async () => {
    const world = await gated();
    const other = new Workspace({ 'budget.yaml': budget('api', 'maxUnavailable: 0') });
    onTestFinished(() => other.remove());
    other.commit();
    world.git('-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', other.root, 'deploy/more');
    world.commit('A submodule');
    const { answer, reasons } = await decide(world, 'static');
    expect(answer.code).toBe(1);
    expect(reasons).toContain('deploy/more could not be read: is a submodule');
    world.write({ 'launchgate.yaml': `${SPEC}exclude: [deploy/more]\n` });
    world.commit('Without it');
    expect((await decide(world, 'static')).answer.code).toBe(0);
  });

  it('--candidate holds the gate to one that was made earlier', async () => {
    const world = await gated();
    const file = join(world.base, 'candidate.json');
    writeFileSync(file, JSON.stringify((await decide(world, 'static')).decision));
    expect((await world.launchgate(`gate static --candidate ${file}`)).code).toBe(0);
    world.write({ 'deploy/web.yaml': service('web'), 'deploy/web-budget.yaml': budget('web') });
    world.commit('Another service');
    const { code, err } = await world.launchgate(`gate static --candidate ${file}`);
    expect(code).toBe(1);
    expect(err).toContain('what is checked out is');
  });
});

describe('gate: evidence from outside', () => {
  it('GO with a fresh report of the image that runs', async () => {
    const world = await gated();
    await addScan(world);
    expect((await decide(world, 'scanned')).answer.code).toBe(0);
  });

  it.each([
    ['missing', '', 'no evidence for service/api is on record', 'missing'],
    ['for another environment', '-e staging', 'it is for environment staging', 'missing'],
    ['of another image', `--about sha256:${'b2'.repeat(32)}`, 'is no image or commit of this candidate', 'missing'],
    ['wrongly signed', '-k mallory', 'no key that was valid at this place of the log signed it', 'missing'],
  ])('%s: NO-GO, and the reason names it', async (what, flags, because, state) => {
    const world = await gated();
    if (what !== 'missing') await addScan(world, flags, sarif(), what === 'wrongly signed' ? 1 : 0);
    const { answer, decision, reasons } = await decide(world, 'scanned');
    expect(answer.code).toBe(1);
    expect(reasons).toContain(because);
    expect(decision.requirements).toMatchObject([{ control: 'vulnerability-policy', subject: 'service/api', state }]);
  });

  it('of one image, and another that is not pinned: NO-GO, since nobody can tell what that one is', async () => {
    const side = '        - {name: side, image: "registry.example.com/side:1.0"}\n';
    const both = service('api').replace('      containers:\n', `      containers:\n${side}`);
    const world = await gated({ 'deploy/api.yaml': both });
    await addScan(world);
    const { answer, reasons } = await decide(world, 'scanned');
    expect(answer.code).toBe(1);
    expect(reasons).toContain('image registry.example.com/side:1.0 of service/api was not scanned');
  });

  it('stale: NO-GO, and the reason names both ages', async () => {
    const world = await gated();
    await addScan(world);
    expect((await decide(world, 'scanned', { now: later(29) })).answer.code).toBe(0);
    const { answer, decision, reasons } = await decide(world, 'scanned', { now: later(31) });
    expect(answer.code).toBe(1);
    expect(decision.requirements[0]?.state).toBe('stale');
    expect(reasons).toMatch(/its evidence is 31 days old, at most 30 days are allowed/);
  });

  it('of an older commit: a report about a commit does not serve the next one', async () => {
    const world = await gated();
    const commit = world.git('rev-parse', 'HEAD').trim();
    await addScan(world, `--about ${commit}`);
    world.write({ 'deploy/api.yaml': `${service('api')}# a comment\n` });
    world.commit('A comment');
    const { answer, reasons } = await decide(world, 'scanned');
    expect(answer.code).toBe(1);
    expect(reasons).toContain(`it is about ${commit}`);
  });

  it('of the image, it serves the next commit that runs the same image', async () => {
    const world = await gated();
    await addScan(world);
    world.write({ 'deploy/api.yaml': `${service('api')}# a comment\n` });
    world.commit('A comment');
    expect((await decide(world, 'scanned')).answer.code).toBe(0);
  });

  it('with an open hole: failed, and the reason names it', async () => {
    const world = await gated();
    await addScan(world, '', sarif([{ ruleId: 'CVE-2026-4242', severity: '9.9' }]));
    const { answer, decision, reasons } = await decide(world, 'scanned');
    expect(answer.code).toBe(1);
    expect(decision.requirements[0]?.state).toBe('failed');
    expect(reasons).toContain('CVE-2026-4242');
  });
});

describe('gate: the ledger', () => {
  it('without one, or without a pin: exit 2', async () => {
    const world = await gated();
    expect(
      (await world.launchgate('gate static', { env: { LAUNCHGATE_HOME: join(world.base, 'elsewhere') } })).code,
    ).toBe(2);
    rmSync(join(world.root, '.launchgate'), { recursive: true });
    const { code, out } = await world.launchgate('gate static');
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  it('an unreadable one: exit 2, never GO', async () => {
    const world = await gated();
    writeFileSync(join(world.root, '.launchgate/ledger/checkpoint'), 'nonsense\n');
    const { code, out, err } = await world.launchgate('gate static');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('checkpoint');
  });
});

describe('gate: replay', () => {
  let world: Workspace;
  beforeAll(async () => {
    world = await gated();
  });
  afterAll(() => world.remove());

  it('--at says what held then; it is printed, and never signed', async () => {
    const first = await decide(world, 'static');
    await addScan(world);
    const replay = await world.launchgate(`gate static -f json --at ${first.decision.at}`);
    expect(replay.code).toBe(0);
    expect(JSON.parse(replay.out)).toMatchObject({
      replay: true,
      at: first.decision.at,
      ledger: first.decision.ledger,
    });
    const signed = await world.launchgate(`gate static --at ${first.decision.at} -o ../replay.json`);
    expect(signed.code).toBe(1);
    expect(signed.err).toContain('a replay is never signed');
    expect(existsSync(join(world.base, 'replay.json'))).toBe(false);
  });

  it('leaves nothing behind in the repository', () => {
    expect(readdirSync(world.root).sort()).toEqual(['.git', '.launchgate', 'deploy', 'launchgate.yaml']);
  });
});
