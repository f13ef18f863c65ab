import { describe, expect, it } from 'vitest';
import { needs } from '../../../test/need.ts';
import { temporaryTree } from '../../../test/temporary-tree.ts';
import { base, main, overlay, ownerOf } from '../../../test/trace-kustomize.ts';
import { hostRenderers } from '../../adapters/renderers.ts';
import { below, type Pointer } from '../../model/origin.ts';
import { discover } from '../discover/index.ts';
import { trace } from './index.ts';

describe.runIf(needs('kustomize'))('a value of a kustomization', () => {
  it('belongs to the base where nothing else sets it', async () => {
    expect(await ownerOf(overlay(''), 'prod', 'Deployment', ['spec', 'replicas'])).toBe('base/all.yaml:14');
    expect(await ownerOf(overlay(''), 'prod', 'Deployment', [...main, 'image'])).toBe('base/all.yaml:25');
    expect(await ownerOf(overlay(''), 'prod', 'Service', ['spec', 'ports', 0])).toBe('base/all.yaml:7');
    expect(await ownerOf(overlay(''), 'prod', 'Deployment', [])).toBe('base/all.yaml:9');
  });

  it('that is missing belongs to the deepest part of the base that is there', async () => {
    const pointer = [...main, 'resources', 'requests'];
    expect(await ownerOf(overlay(''), 'prod', 'Deployment', pointer)).toBe('base/all.yaml:31');
    expect(await ownerOf(overlay(''), 'prod', 'Deployment', ['spec', 'strategy'])).toBe('base/all.yaml:13');
  });

  it('belongs to a transformer of the overlay', async () => {
    const files = overlay(`namespace: shop
replicas:
  - name: api
    count: 3
images:
  - name: proxy
    newTag: "2"
  - name: api
    newName: registry.example/api
    newTag: "7"
labels:
  - pairs:
      team: shop
`);
    const owner = (pointer: Pointer): Promise<string> => ownerOf(files, 'prod', 'Deployment', pointer);
    expect(await owner(['spec', 'replicas'])).toBe('prod/kustomization.yaml:6');
    expect(await owner([...main, 'image'])).toBe('prod/kustomization.yaml:12');
    expect(await owner(['metadata', 'namespace'])).toBe('prod/kustomization.yaml:3');
    expect(await owner(['metadata', 'name'])).toBe('prod/kustomization.yaml:2');
    expect(await owner(['metadata', 'labels', 'team'])).toBe('prod/kustomization.yaml:15');
  });

  it('belongs to a patch file, the last one that sets it', async () => {
    const patch = (value: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  template:
    spec:
      containers:
        - name: main
          env:
            - name: COLOUR
              value: ${value}
`;
    const files = {
      ...overlay('patches:\n  - path: one.yaml\n  - path: two.yaml\n'),
      'prod/one.yaml': patch('green'),
      'prod/two.yaml': patch('blue'),
    };
    const env = [...main, 'env'];
    expect(await ownerOf(files, 'prod', 'Deployment', [...env, 'name=COLOUR', 'value'])).toBe('prod/two.yaml:12');
    expect(await ownerOf(files, 'prod', 'Deployment', [...env, 'name=SIZE', 'value'])).toBe('base/all.yaml:30');
  });

  it('belongs to the line of an inline patch', async () => {
    const files = overlay(`patches:
  - patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: api
      spec:
        replicas: 4
  - target:
      kind: Deployment
      name: prod-a.*|api
    patch: |
      - op: add
        path: /spec/paused
        value: true
      - op: replace
        path: /spec/template/spec/containers/1/resources
        value:
          limits:
            memory: 2Gi
`);
    expect(await ownerOf(files, 'prod', 'Deployment', ['spec', 'replicas'])).toBe('prod/kustomization.yaml:10');
    expect(await ownerOf(files, 'prod', 'Deployment', ['spec', 'paused'])).toBe('prod/kustomization.yaml:17');
    const memory = [...main, 'resources', 'limits', 'memory'];
    expect(await ownerOf(files, 'prod', 'Deployment', memory)).toBe('prod/kustomization.yaml:22');
  });

  it('belongs to a component, unless the overlay itself sets it', async () => {
    const component = {
      'high/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nreplicas:\n  - name: api\n    count: 9\n',
    };
    const files = { ...overlay('components: [../high]\n'), ...component };
    expect(await ownerOf(files, 'prod', 'Deployment', ['spec', 'replicas'])).toBe('high/kustomization.yaml:5');
    const both = { ...overlay('components: [../high]\nreplicas: [{ name: api, count: 2 }]\n'), ...component };
    expect(await ownerOf(both, 'prod', 'Deployment', ['spec', 'replicas'])).toBe('prod/kustomization.yaml:4');
  });

  it('is followed through several layers of names', async () => {
    const files = {
      ...base,
      'mid/kustomization.yaml': 'resources: [../base]\nnameSuffix: -eu\nreplicas:\n  - { name: api, count: 2 }\n',
      'top/kustomization.yaml': 'resources: [../mid]\nnamePrefix: prod-\nimages:\n  - { name: api, newTag: "3" }\n',
    };
    expect(await ownerOf(files, 'top', 'Deployment', ['spec', 'replicas'])).toBe('mid/kustomization.yaml:4');
    expect(await ownerOf(files, 'top', 'Deployment', [...main, 'image'])).toBe('top/kustomization.yaml:4');
    expect(await ownerOf(files, 'top', 'Service', ['spec', 'ports', 0, 'port'])).toBe('base/all.yaml:7');
  });

  it('belongs to a replacement, and generated objects to their generator', async () => {
    const files = overlay(`replacements:
  - source: { kind: Service, fieldPath: metadata.name }
    targets:
      - select: { kind: Deployment }
        fieldPaths: ["spec.template.spec.containers.[name=main].env.[name=SIZE].value"]
`);
    expect(await ownerOf(files, 'prod', 'Deployment', [...main, 'env', 'name=SIZE', 'value'])).toBe(
      'prod/kustomization.yaml:4',
    );
    expect(await ownerOf(files, 'prod', 'ConfigMap', ['data', 'a'])).toBe('base/kustomization.yaml:4');
  });

  it('belongs to a replacement in a file of its own', async () => {
    const files = {
      ...overlay('replacements: [{ path: names.yaml }]\n'),
      'prod/names.yaml': `- source: { kind: Service, fieldPath: metadata.name }
  targets: [{ select: { kind: Deployment }, fieldPaths: ["spec.template.spec.containers.[name=main].env.[name=SIZE].value"] }]
`,
    };
    const size = [...main, 'env', 'name=SIZE', 'value'];
    expect(await ownerOf(files, 'prod', 'Deployment', size)).toBe('prod/names.yaml:1');
    const other = { ...files, 'prod/names.yaml': files['prod/names.yaml'].replace('name=SIZE', 'name=COLOUR') };
    expect(await ownerOf(other, 'prod', 'Deployment', size)).toBe('base/all.yaml:30');
  });

  it('of a generator belongs to the outermost one that has the key, whatever names go around it', async () => {
    const files = overlay(`nameSuffix: -v2
configMapGenerator:
  - name: settings
    behavior: merge
    literals: [c=d]
`);
    expect(await ownerOf(files, 'prod', 'ConfigMap', ['data', 'a'])).toBe('base/kustomization.yaml:4');
    expect(await ownerOf(files, 'prod', 'ConfigMap', ['data', 'c'])).toBe('prod/kustomization.yaml:7');
    expect(await ownerOf(files, 'prod', 'ConfigMap', ['metadata', 'name'])).toBe('prod/kustomization.yaml:2');
  });

  it('belongs to the file that a generator took it from', async () => {
    const files = {
      'base/kustomization.yaml':
        'configMapGenerator:\n  - name: settings\n    files: [conf/app.conf, other.conf=conf/b.conf]\n',
      'base/conf/app.conf': 'one\n',
      'base/conf/b.conf': 'two\n',
      'prod/kustomization.yaml': 'resources: [../base]\n',
    };
    expect(await ownerOf(files, 'prod', 'ConfigMap', ['data', 'app.conf'])).toBe('base/conf/app.conf:1');
    expect(await ownerOf(files, 'prod', 'ConfigMap', ['data', 'other.conf'])).toBe('base/conf/b.conf:1');
  });

  it('belongs to the field of the application that adds it, among several of its file', async () => {
    const sync = (name: string, path: string, image: string): string => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: ${name}, namespace: flux-system }
spec:
  path: ./${path}
  images: [{ name: api, newTag: "${image}" }]
  patches:
    - target: { kind: Deployment }
      patch: |
        - { op: replace, path: /spec/replicas, value: 7 }
`;
    const flux = {
      ...overlay(''),
      'other/kustomization.yaml': 'resources: [../base]\n',
      'clusters/x/apps.yaml': `${sync('other', 'other', '8')}---\n${sync('prod', 'prod', '9')}`,
    };
    expect(await ownerOf(flux, 'prod', 'Deployment', [...main, 'image'])).toBe('clusters/x/apps.yaml:17');
    const argo = {
      ...overlay(''),
      'argo/app.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: prod }
spec:
  source:
    path: prod
    kustomize:
      images:
        - other=x:1
        - api=registry.example/api:3
      replicas: [{ name: prod-api, count: "4" }]
`,
    };
    expect(await ownerOf(argo, 'prod', 'Deployment', [...main, 'image'])).toBe('argo/app.yaml:10');
    expect(await ownerOf(argo, 'prod', 'Deployment', ['spec', 'replicas'])).toBe('argo/app.yaml:11');
  });

  it('belongs to the resource whose name Flux fills in', async () => {
    const sync = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: prod, namespace: flux-system }
spec:
  path: ./prod
  postBuild: { substitute: { APP: orders } }
`;
    const files = {
      'clusters/x/prod.yaml': sync,
      'prod/kustomization.yaml': 'resources: [../base]\nnameSuffix: -pg\n',
      'base/kustomization.yaml': 'resources: [other.yaml, service.yaml]\n',
      'base/other.yaml':
        'apiVersion: v1\nkind: Service\nmetadata: { name: "${OTHER}" }\nspec: { ports: [{ port: 1 }] }\n',
      'base/service.yaml':
        'apiVersion: v1\nkind: Service\nmetadata: { name: "${APP}" }\nspec: { ports: [{ port: 2 }] }\n',
    };
    const tree = temporaryTree(files);
    const found = await discover(tree, { renderers: hostRenderers() });
    const object = found.rendered.get('kustomize:prod')?.objects.find(({ name }) => name === 'orders-pg');
    expect(trace(tree, found, below(object!.origin, 'spec', 'ports', 0, 'port')).path).toBe('base/service.yaml');
  });
});
