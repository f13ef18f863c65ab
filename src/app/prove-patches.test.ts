import { readdirSync } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { budget, service } from '../../test/cli/workspace.ts';
import { needs } from '../../test/need.ts';
import { temporaryTree } from '../../test/temporary-tree.ts';
import { controls } from '../controls/catalog.ts';
import { readPlatform } from './judge.ts';
import { provePatches, type PatchProof } from './prove-patches.ts';

const BUDGET = 'disruption-budget service/api';
const wanted = controls.filter(({ meta }) => ['disruption-budget', 'immutable-images'].includes(meta.id));

async function prove(
  before: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
  render = false,
): Promise<PatchProof> {
  const tree = temporaryTree(before);
  const project = { root: tree.root };
  const options = { render };
  const { facts } = await readPlatform(tree, project, options);
  return provePatches(project, { tree, facts, controls: wanted, patched: new Set([BUDGET]) }, files, options);
}

const lacking = { 'deploy/api.yaml': service('api') };
const mending = { 'deploy/budget.yaml': budget('api', 'maxUnavailable: 1') };

test('what a patch mends holds once it is made', async () => {
  const proof = await prove(lacking, mending);
  expect(proof).toMatchObject({ unmended: [], untold: [], broken: [] });
  expect(proof.mended).toMatchObject([{ control: 'disruption-budget', subject: 'service/api' }]);
});

test('a patch that does not help is told apart', async () => {
  const proof = await prove(lacking, { 'deploy/budget.yaml': budget('other', 'maxUnavailable: 1') });
  expect(proof).toMatchObject({ mended: [], untold: [], broken: [] });
  expect(proof.unmended[0]?.message).toMatch(/no PodDisruptionBudget/i);
});

test('what fails only with a patch is told', async () => {
  const loose = service('api').replace(/image: .*/, 'image: registry.example.com/api:latest');
  expect(loose).not.toBe(service('api'));
  const proof = await prove(lacking, { ...mending, 'deploy/api.yaml': loose });
  expect(proof.mended).toHaveLength(1);
  expect(proof.broken).toMatchObject([{ control: 'immutable-images', subject: 'service/api' }]);
});

test('a finding that was there before is not blamed on a patch', async () => {
  const loose = service('api').replace(/image: .*/, 'image: registry.example.com/api:latest');
  expect((await prove({ 'deploy/api.yaml': loose }, mending)).broken).toEqual([]);
});

test('a file that cannot be read hides as much as it did', async () => {
  const large = `# ${'x'.repeat(9 * 1024 * 1024)}\n${budget('api', 'maxUnavailable: 0')}`;
  const proof = await prove({ ...lacking, 'deploy/large.yaml': large }, mending);
  expect(proof).toMatchObject({ mended: [], unmended: [], broken: [] });
  expect(proof.untold[0]?.message).toContain('deploy/large.yaml could not be read');
});

test.runIf(needs('helm'))(
  'a chart that could not be rendered for a pointer of Git LFS is not, with patches either',
  async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'4d'.repeat(32)}\nsize 12345\n`;
    const chart = {
      'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'chart/charts/pg-1.0.0.tgz': pointer,
      'chart/templates/web.yaml': service('web'),
    };
    const { broken } = await prove({ ...lacking, ...chart }, mending, true);
    expect(broken).toEqual([]);
  },
);

test('a subject that goes with a patch was not mended', async () => {
  const proof = await prove(
    { ...lacking, 'deploy/web.yaml': service('web') },
    { 'deploy/api.yaml': '# moved elsewhere\n' },
  );
  expect(proof).toMatchObject({ mended: [], unmended: [], untold: [{ subject: 'service/api' }] });
});

test('nothing of the copy stays', async () => {
  const { root } = temporaryTree({});
  vi.stubEnv('TMPDIR', root);
  onTestFinished(() => void vi.unstubAllEnvs());
  await prove(lacking, mending);
  expect(readdirSync(root).filter((name) => name.startsWith('launchgate-synth-'))).toEqual([]);
});
