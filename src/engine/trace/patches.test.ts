import { describe, expect, it } from 'vitest';
import { needs } from '../../../test/need.ts';
import { base, main, ownerOf } from '../../../test/trace-kustomize.ts';
import type { Pointer } from '../../model/origin.ts';

describe.runIf(needs('kustomize'))('a value of a kustomization', () => {
  it('that was taken away belongs to the patch that did it', async () => {
    const files = {
      ...base,
      'part/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - target: { kind: Deployment }
    patch: |-
      - op: remove
        path: /spec/template/spec/containers/1/resources/limits
`,
      'prod/kustomization.yaml': `resources: [../base]
components: [../part]
patches:
  - path: merge.yaml
  - path: replace.yaml
    target: { kind: Service }
`,
      'prod/merge.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec:
  replicas: null
  template:
    metadata: { labels: { app: api, $patch: replace } }
`,
      'prod/replace.yaml': `- op: add
  path: /spec/type
  value: LoadBalancer
- op: replace
  path: /spec/ports/0
  value:
    port: 81
`,
    };

    const deployment = async (...pointer: Pointer): Promise<string> => ownerOf(files, 'prod', 'Deployment', pointer);
    expect(await deployment(...main, 'resources', 'limits', 'memory')).toBe('part/kustomization.yaml:7');
    expect(await deployment('spec', 'replicas')).toBe('prod/merge.yaml:5');
    expect(await deployment('spec', 'template', 'metadata', 'labels', 'tier')).toBe('prod/merge.yaml:7');
    expect(await deployment(...main, 'readinessProbe')).toBe('base/all.yaml:24');
    expect(await ownerOf(files, 'prod', 'Service', ['spec', 'ports', 0, 'targetPort'])).toBe('prod/replace.yaml:6');
    expect(await ownerOf(files, 'prod', 'Service', ['spec', 'selector'])).toBe('base/all.yaml:5');
  });

  it('belongs to the operation that gave it, wherever later patches moved it', async () => {
    const operations = (image: string): string => `    patch: |-
      - op: add
        path: /spec/template/spec/containers/0/env
        value:
          - name: LEVEL
            value: info
      - op: replace
        path: /spec/template/spec/containers/0/image
        value: ${image}
`;
    const files = {
      ...base,
      'part/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - target: { kind: Deployment }
${operations('part:1')}`,
      'prod/kustomization.yaml': `resources: [../base]
components: [../part]
patches:
  - path: first.yaml
  - target: { kind: Deployment }
    patch: |-
      - op: replace
        path: /spec/template/spec/containers/0/image
        value: own:2
`,
      'prod/first.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec:
  template:
    spec:
      containers:
        - name: side
          image: side:1
          env:
            - name: LEVEL
              value: debug
`,
    };

    const containers = ['spec', 'template', 'spec', 'containers'];
    const owner = async (...pointer: Pointer): Promise<string> =>
      ownerOf(files, 'prod', 'Deployment', [...containers, ...pointer]);
    expect(await owner(0, 'image')).toBe('prod/kustomization.yaml:9');
    expect(await owner(0, 'env', 0, 'value')).toBe('prod/first.yaml:12');
    expect(await owner(1, 'image')).toBe('part/kustomization.yaml:13');
    expect(await owner(1, 'env', 0, 'value')).toBe('part/kustomization.yaml:10');
    expect(await owner(2, 'image')).toBe('base/all.yaml:25');
  });
});
