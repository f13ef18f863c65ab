import { expect, it } from 'vitest';
import { application, deployment } from '../../test/discover-files.ts';
import { needs } from '../../test/need.ts';
import { temporaryTree } from '../../test/temporary-tree.ts';
import { loadSpec } from '../engine/load-spec.ts';
import { writeSpec } from './write-spec.ts';

it.runIf(needs('kustomize'))(
  'names what the applications of every environment deploy, as they are rendered',
  async () => {
    const overlay = (environment: string): Record<string, string> => ({
      [`apps/${environment}/kustomization.yaml`]: `resources: [../base]\npatches:\n  - target: { kind: Application }\n    patch: |-\n      - { op: replace, path: /spec/source/path, value: shop/${environment} }\n`,
      [`shop/${environment}/api.yaml`]: deployment('api'),
    });
    const { root } = temporaryTree({
      'apps/base/kustomization.yaml': 'resources: [shop.json]\n',
      'apps/base/shop.json': application('shop', { source: { path: 'shop/any' } }),
      ...overlay('prod'),
      ...overlay('staging'),
    });
    const { environments } = loadSpec((await writeSpec({ root }, true)).text, 'launchgate.yaml');
    expect(environments.map(({ name, deployables }) => [name, deployables])).toEqual([
      ['production', ['apps/prod', 'shop/prod']],
      ['staging', ['apps/staging', 'shop/staging']],
    ]);
  },
);
