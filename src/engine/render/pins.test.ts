import { describe, expect, it } from 'vitest';
import { memoryTree } from '../../../test/fixture-platform.ts';
import { deployment, discoverFiles } from '../../../test/discover-files.ts';
import { pinRender, PINS_PATH } from './pins.ts';

const sources = {
  'overlays/prod/kustomization.yaml': 'namePrefix: x-\nresources: [../../base]\n',
  'base/kustomization.yaml': 'resources: [api.yaml]\n',
  'base/api.yaml': deployment('api'),
};
const yaml = deployment('x-api');

async function pinned(): Promise<Record<string, string>> {
  const [deployable] = (await discoverFiles(sources)).deployables;
  if (deployable === undefined) throw new Error('nothing was found');
  const { id, pin } = pinRender(memoryTree(sources), deployable, yaml);
  return { ...sources, [pin.file]: yaml, [PINS_PATH]: JSON.stringify({ [id]: pin }) };
}

describe('pinned renders', () => {
  it('stand in for the tool while every source is what it was', async () => {
    const found = await discoverFiles(await pinned());
    expect(found.gaps).toEqual([]);
    expect(found.deployables).toHaveLength(1);
    expect(found.rendered.get('kustomize:overlays/prod')?.objects[0]).toMatchObject({
      name: 'x-api',
      origin: { path: 'overlays/prod', document: 0, rendered: 'kustomize:overlays/prod' },
    });
  });

  it.each([
    ['base/api.yaml', deployment('other'), 'the pinned render is stale: base/api.yaml changed'],
    ['base/kustomization.yaml', 'resources: [api.yaml, b.yaml]\n', 'the pinned render is stale: base/b.yaml was added'],
    ['overlays/prod/kustomization.yaml', 'namePrefix: y-\n', 'is stale: overlays/prod/kustomization.yaml changed'],
    ['.rendered/overlays/prod.yaml', '', 'the pinned render is stale: .rendered/overlays/prod.yaml was edited'],
  ])('are stale when %s is another', async (path, text, reason) => {
    const found = await discoverFiles({ ...(await pinned()), 'base/b.yaml': deployment('b'), [path]: text });
    expect(found.gaps.map((gap) => gap.reason)).toEqual([expect.stringContaining(reason)]);
    expect(found.rendered.get('kustomize:overlays/prod')?.objects).toEqual([]);
  });

  it('are stale when an application adds something else', async () => {
    const app = (prefix: string): string =>
      JSON.stringify({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name: 'x' },
        spec: { source: { path: 'overlays/prod', kustomize: { namePrefix: prefix } } },
      });
    const files = { ...sources, 'app.json': app('a-') };
    const [deployable] = (await discoverFiles(files)).deployables;
    if (deployable === undefined) throw new Error('nothing was found');
    const { id, pin } = pinRender(memoryTree(files), deployable, yaml);
    const found = await discoverFiles({
      ...files,
      'app.json': app('b-'),
      [pin.file]: yaml,
      [PINS_PATH]: JSON.stringify({ [id]: pin }),
    });
    expect(found.gaps.map((gap) => gap.reason)).toEqual([
      expect.stringContaining('the pinned render is stale: what app.json adds changed'),
    ]);
  });

  it('are not used where the list is not one', async () => {
    const found = await discoverFiles({
      ...(await pinned()),
      [PINS_PATH]: '{"kustomize:overlays/prod": {"file": "/etc/passwd"}}',
    });
    expect(found.gaps.map((gap) => gap.reason)).toEqual([
      expect.stringContaining('.rendered/pins.json cannot be read as a list of pins; rendering is turned off'),
    ]);
  });
});
