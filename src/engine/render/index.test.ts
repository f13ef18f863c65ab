import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { deployment } from '../../../test/discover-files.ts';
import { temporaryTree } from '../../../test/temporary-tree.ts';
import { openTree } from '../../adapters/files.ts';
import type { Renderers } from '../../model/world.ts';
import { discover } from '../discover/index.ts';

/** Renderers that answer with what they were asked for, and remember it. */
function recording(yaml = ''): Renderers & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    allowRemote: false,
    kustomize: (_tree, path, overlay) => {
      asked.push(`kustomize ${path} ${JSON.stringify(overlay ?? null)}`);
      return Promise.resolve({ ok: true, yaml });
    },
    helm: (_tree, { path }) => {
      asked.push(`helm ${path}`);
      return Promise.resolve({ ok: true, yaml });
    },
  };
}

describe('renderAll', () => {
  it('starts no Helm on a chart with a link out of the repository', async () => {
    const { root } = temporaryTree({
      'c/Chart.yaml': 'name: c\nversion: 1.0.0\n',
      'k/kustomization.yaml': 'namePrefix: x-\n',
    });
    symlinkSync('/etc/hostname', join(root, 'c/secret.txt'));
    symlinkSync('/etc/hostname', join(root, 'k/other.yaml'));
    const renderers = recording();
    const found = await discover(openTree(root), { renderers });
    expect(renderers.asked).toEqual(['kustomize k null']);
    expect(found.gaps).toContainEqual(
      expect.objectContaining({ deployable: 'helm:c', reason: 'c/secret.txt is a link out of the repository' }),
    );
  });

  it('starts no Kustomize on a link out of the repository', async () => {
    const { root } = temporaryTree({ 'k/kustomization.yaml': 'namePrefix: x-\nresources: [x.yaml]\n' });
    symlinkSync('/etc/hostname', join(root, 'k/x.yaml'));
    const renderers = recording();
    const found = await discover(openTree(root), { renderers });
    expect(renderers.asked).toEqual([]);
    expect(found.gaps.map(({ reason }) => reason)).toContain(
      'k/kustomization.yaml refers to x.yaml, which is not there',
    );
  });

  it('hands over what an application adds, and fills in variables afterwards', async () => {
    const sync = {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'x' },
      spec: { path: './k', namePrefix: 'a-', postBuild: { substitute: { replicas: '7' } } },
    };
    const tree = temporaryTree({
      'k/kustomization.yaml': 'resources: [x.yaml]\n',
      'k/x.yaml': deployment('x'),
      'flux/sync.json': JSON.stringify(sync),
    });
    const renderers = recording(deployment('a-x').replace('replicas: 2', 'replicas: ${replicas}'));
    const found = await discover(tree, { renderers });
    expect(renderers.asked).toEqual(['kustomize k {"namePrefix":"a-"}']);
    expect(found.rendered.get('kustomize:k')?.objects[0]?.body).toMatchObject({ spec: { replicas: 7 } });
  });

  it('answers in one order, whichever tool is ready first', async () => {
    const tree = temporaryTree(
      Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`${name}/Chart.yaml`, `name: ${name}\nversion: 1.0.0\n`])),
    );
    const answered = async (slow: string) => {
      const renderers: Renderers = {
        ...recording(),
        async helm(_tree, { path }) {
          await sleep(path === slow ? 50 : 1);
          return { ok: false, reason: `${path} cannot be rendered`, fix: 'Mend it.' };
        },
      };
      const { rendered, gaps } = await discover(tree, { renderers });
      return [[...rendered.keys()], gaps.map(({ reason }) => reason)];
    };
    const [first, second] = [await answered('a'), await answered('c')];
    expect(first).toEqual(second);
    expect(first[1]).toHaveLength(4);
  });

  it('reports output that is not YAML with its line', async () => {
    const tree = temporaryTree({ 'c/Chart.yaml': 'name: c\nversion: 1.0.0\n' });
    const renderers = recording(`${deployment('a')}---\nkind: [\n`);
    const found = await discover(tree, { renderers });
    expect(found.rendered.get('helm:c')?.objects.map(({ name }) => name)).toEqual(['a']);
    expect(found.gaps).toMatchObject([{ path: 'c', deployable: 'helm:c', hides: ['kubernetes'] }]);
  });
});
