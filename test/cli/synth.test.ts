import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PatchProof } from '../../src/app/prove-patches.ts';
import { needs } from '../need.ts';
import { budget, service, SPEC, workspace } from './workspace.ts';

describe('synth', () => {
  const lacking = { 'deploy/api.yaml': service('api') };
  const only = 'synth -c disruption-budget';

  it('prints a diff that git applies, after which the check holds', async () => {
    const tree = workspace(lacking);
    tree.commit();
    const { code, out } = await tree.launchgate(only);
    expect(code).toBe(1);
    writeFileSync(join(tree.base, 'mend.patch'), out);
    tree.git('apply', '--check', join(tree.base, 'mend.patch'));
    tree.git('apply', join(tree.base, 'mend.patch'));
    expect((await tree.launchgate('check -c disruption-budget')).code).toBe(0);
    expect(await tree.launchgate(only)).toMatchObject({ code: 0, out: '' });
  });

  it('keeps the byte order mark and the line ends of a file', async () => {
    const text = `\uFEFF${budget('api', 'maxUnavailable: 0').replaceAll('\n', '\r\n')}`;
    const tree = workspace({ ...lacking, 'deploy/budget.yaml': text });
    expect((await tree.launchgate(`${only} --write`)).code).toBe(0);
    const after = tree.read('deploy/budget.yaml');
    expect(after).not.toBe(text);
    expect(after.startsWith('\uFEFF')).toBe(true);
    expect(after.replaceAll('\r\n', '')).not.toMatch(/\n/);
    expect((await tree.launchgate('check -c disruption-budget')).code).toBe(0);
  });

  it('says which patch has no place, and writes the others', async () => {
    const shared = 'securityContext: &context { runAsNonRoot: true }';
    const api = service('api').replace('containers:', `${shared}\n      containers:`);
    const own = api.replace(/^( +)- name: .*$/m, '$&\n$1  securityContext: *context');
    expect(own).not.toBe(api);
    const tree = workspace({ 'deploy/api.yaml': own });
    const { code, err } = await tree.launchgate('synth -c disruption-budget -c pod-security --write');
    expect(err).toMatch(/pod-security service\/api: no patch, .*securityContext is an alias/);
    expect(code).toBe(1);
    expect(tree.read('deploy/api.yaml')).toBe(own);
    expect((await tree.launchgate('check -c disruption-budget')).code).toBe(0);
  });

  it('does not take what could not be read for what lacks nothing', async () => {
    const broken = { 'prod/kustomization.yaml': 'resources: [../base]\nresources: [b.yaml]\n' };
    const unread = await workspace(broken).launchgate(only);
    expect(unread).toMatchObject({ code: 2, out: '' });
    expect(unread.err).toMatch(/^prod could not be read, and nothing is written for it: prod\/kustomization\.yaml/);
    const tree = workspace({ ...broken, 'staging.yaml': '{', ...lacking });
    expect((await tree.launchgate(`${only} --write`)).code).toBe(2);
  });

  it('makes the patches in a copy first, and tells what they lead to', async () => {
    const loose = service('api').replace(/^( +)containers:/m, '$1hostNetwork: true\n$1containers:');
    const tree = workspace({ 'deploy/api.yaml': loose });
    const { code, err, out } = await tree.launchgate('synth -c disruption-budget -c replica-spread -f json');
    expect(err).toContain('Rendered and judged again with these patches: 1 of 2 that they are for hold.');
    expect(err).toMatch(/^replica-spread service\/api could not be told: .*depends on the number of zones/m);
    const { proof } = JSON.parse(out) as { proof: PatchProof };
    expect(proof.mended).toMatchObject([{ control: 'disruption-budget', subject: 'service/api' }]);
    expect(code).toBe(1);
    expect((await tree.launchgate('synth -c disruption-budget -c replica-spread --write')).code).toBe(2);
  });

  it('mends an existing file without touching the rest of it', async () => {
    const text = budget('api', 'maxUnavailable: 0 # kept');
    const tree = workspace({ ...lacking, 'deploy/budget.yaml': text });
    tree.commit();
    const { out } = await tree.launchgate(only);
    writeFileSync(join(tree.base, 'mend.patch'), out);
    tree.git('apply', join(tree.base, 'mend.patch'));
    const [before, after] = [text.split('\n'), tree.read('deploy/budget.yaml').split('\n')];
    expect(after.filter((line, index) => line !== before[index])).toHaveLength(1);
    expect(after.join('\n')).toContain('# kept');
  });

  it('--write changes the files, to the same bytes', async () => {
    const [printed, written] = [workspace(lacking), workspace(lacking)];
    const { out } = await printed.launchgate(`${only} -f json`);
    const { files } = JSON.parse(out) as { files: Record<string, string> };
    expect(await written.launchgate(`${only} --write`)).toMatchObject({ code: 0, out: '' });
    expect(Object.keys(files)).not.toEqual([]);
    for (const [path, text] of Object.entries(files)) expect(written.read(path)).toBe(text);
  });

  it.runIf(needs('kustomize'))('tells which other environments a patch reaches, and does not judge', async () => {
    const overlay = 'resources: [../../base]\n';
    const tree = workspace({
      'base/kustomization.yaml': 'resources: [api.yaml]\n',
      'base/api.yaml': service('api'),
      'overlays/staging/kustomization.yaml': overlay,
      'overlays/production/kustomization.yaml': overlay,
    });
    const { err, out } = await tree.launchgate(`${only} -f json`);
    expect(JSON.parse(out)).toMatchObject({
      elsewhere: [{ path: 'base/kustomization.yaml', environments: ['staging'] }],
    });
    expect(err).toContain('base/kustomization.yaml is part of staging too, for which the patches are not judged');
  });

  it('answers a program that asks for JSON, whether or not there is a patch', async () => {
    const pinned = service('api').replace(/^( +)containers:/m, '$1containers: &all');
    const { code, out } = await workspace({ 'deploy/api.yaml': `${pinned}x-copy: *all\n` }).launchgate(
      'synth -c pod-security -f json',
    );
    expect(JSON.parse(out)).toMatchObject({
      kind: 'PatchList',
      patches: [],
      files: {},
      refused: [
        { control: 'pod-security', subject: 'service/api', reason: expect.stringContaining('&all') as unknown },
      ],
    });
    expect(code).toBe(2);
  });

  it('adds once what two controls add alike, and comes to an end', async () => {
    const flows = 'flows: [{ from: service/api, to: service/api, port: 8080 }]\n';
    const tree = workspace({ ...lacking, 'launchgate.yaml': `${SPEC}${flows}` });
    const policies = ['network-default-deny', 'network-declared-flows', 'egress-allow-list'].join(' ');
    for (let round = 0; round < 3; round += 1) await tree.launchgate(`synth -c ${policies} --write`);
    const { out } = await tree.launchgate(`check -c ${policies} -f json`);
    const rows = (JSON.parse(out) as { findings: { outcome: string }[] }).findings;
    expect(rows.map(({ outcome }) => outcome)).toEqual(['pass', 'pass', 'pass']);
    const written = readdirSync(join(tree.root, 'deploy')).map((name) => tree.read(`deploy/${name}`));
    const names = [...written.join('\n').matchAll(/^kind: NetworkPolicy\nmetadata:\n {2}name: (\S+)$/gm)].map(
      ([, name]) => name,
    );
    expect(names).toContain('default-deny');
    expect(names).toEqual([...new Set(names)]);
  });

  it('refuses a control that does not exist', async () => {
    expect((await workspace(lacking).launchgate('synth -c disruption-budgets')).code).toBe(2);
  });
});
