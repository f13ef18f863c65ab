import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { service } from '../../test/cli/workspace.ts';
import { temporaryTree } from '../../test/temporary-tree.ts';
import { synthesize, type Synthesis } from './synth.ts';

/** What is synthesized for a repository with links: their paths, and where each leads to. */
async function linked(
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>>,
): Promise<Synthesis> {
  const { root } = temporaryTree(files);
  for (const [path, target] of Object.entries(links)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    symlinkSync(target, join(root, path));
  }
  return synthesize({ root }, { render: false, controls: ['disruption-budget', 'pod-security'] });
}

test('a manifest behind a link is patched where it lies, and a new object is written beside the link', async () => {
  const { files, proof } = await linked(
    { 'shared/api.yaml': service('api') },
    { 'deploy/api.yaml': '../shared/api.yaml' },
  );
  expect(Object.keys(files).sort()).toEqual(['deploy/api-pod-disruption-budget.yaml', 'shared/api.yaml']);
  expect(proof?.mended.map(({ control }) => control).sort()).toEqual(['disruption-budget', 'pod-security']);
});

test('a folder that is reached through a link gets its files where it lies', async () => {
  const { files } = await linked({ 'real/api.yaml': service('api') }, { alias: 'real' });
  expect(Object.keys(files).sort()).toEqual(['real/api-pod-disruption-budget.yaml', 'real/api.yaml']);
});

test('nothing is written in the place of a link to nothing', async () => {
  const { files, refused } = await linked(
    { 'deploy/api.yaml': service('api') },
    { 'deploy/api-pod-disruption-budget.yaml': '/nowhere/at/all' },
  );
  expect(Object.keys(files)).toEqual(['deploy/api.yaml']);
  expect(refused).toMatchObject([
    { control: 'disruption-budget', reason: expect.stringContaining('cannot be written') as unknown },
  ]);
});

test('the export of a map that a parameter leads out of the repository is refused', async () => {
  const spec = `apiVersion: launchgate/v1
kind: Platform
name: shop
environments: [{ name: production, kind: production }]
services: [{ name: api }]
params: { compliance-map: { path: ../evil.md, exported: true } }
`;
  const { root } = temporaryTree({ 'launchgate.yaml': spec });
  const { files, refused } = await synthesize(
    { root, spec: 'launchgate.yaml' },
    { render: false, controls: ['compliance-map'] },
  );
  expect(files).toEqual({});
  expect(refused.map(({ reason }) => reason)).toEqual(['../evil.md leads out of the repository']);
});
