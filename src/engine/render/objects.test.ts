import { describe, expect, it } from 'vitest';
import type { Deployable } from '../../model/platform.ts';
import { parseYamlDocuments } from '../read/yaml.ts';
import { readObjects, type ObjectsRead } from './objects.ts';
import { Scopes } from './scope.ts';

const plain: Deployable = { id: 'plain:k8s', renderer: 'plain', path: 'k8s', sources: [], declaredBy: 'k8s' };

function read(yaml: string, deployable: Partial<Deployable> = {}, scopes = new Scopes()): ObjectsRead {
  const { documents } = parseYamlDocuments(yaml, { dialect: 'kubernetes', path: 'k8s/x.yaml' });
  const raw = documents.map(({ value, index, line }) => ({
    value,
    line,
    origin: { path: 'k8s/x.yaml', document: index },
  }));
  return readObjects(raw, { ...plain, ...deployable }, scopes);
}

describe('readObjects', () => {
  it('gives every namespaced object its namespace, and cluster-scoped ones none', () => {
    const yaml = `
apiVersion: v1
kind: Service
metadata: { name: own, namespace: mine }
---
apiVersion: v1
kind: Service
metadata: { name: given }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: wide, namespace: ignored }
`;
    const names = (deployable: Partial<Deployable>): unknown[] =>
      read(yaml, deployable).objects.map(({ name, namespace }) => [name, namespace]);
    expect(names({})).toEqual([
      ['own', 'mine'],
      ['given', 'default'],
      ['wide', undefined],
    ]);
    expect(names({ namespace: 'shop' })[1]).toEqual(['given', 'shop']);
    expect(names({ kustomize: { overlay: { namespace: 'forced' } } })[0]).toEqual(['own', 'forced']);
  });

  it.each(['${NAMESPACE}', 'My_App', '*', 'a/b', 'x'.repeat(64)])(
    'takes no object into a namespace called %s',
    (namespace) => {
      const of = (kind: string): string =>
        `apiVersion: apps/v1\nkind: ${kind}\nmetadata: { name: a, namespace: "${namespace}" }\n`;
      const { objects, gaps } = read(of('Deployment'));
      expect(objects).toEqual([]);
      expect(gaps).toMatchObject([
        { line: 1, hides: ['kubernetes'], reason: expect.stringContaining('is no name of one') },
      ]);
      expect(read(of('Namespace').replace('apps/', '')).gaps).toEqual([]);
    },
  );

  it('learns the scope of custom resources', () => {
    const scopes = new Scopes();
    scopes.learn({
      kind: 'CustomResourceDefinition',
      spec: { group: 'x.io', scope: 'Cluster', names: { kind: 'Wide' } },
    });
    const wide = 'apiVersion: x.io/v1\nkind: Wide\nmetadata: { name: a }\n';
    expect(read(wide, {}, scopes).objects[0]?.namespace).toBeUndefined();
    expect(read(wide).objects[0]?.namespace).toBe('default');
  });

  it('flattens lists and keeps the way to each item', () => {
    const { objects } = read(`
apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: Service, metadata: { name: a } }
  - apiVersion: v1
    kind: ConfigMapList
    items: [{ apiVersion: v1, kind: ConfigMap, metadata: { name: b } }]
`);
    expect(objects.map(({ name, origin }) => [name, origin.pointer])).toEqual([
      ['a', ['items', 0]],
      ['b', ['items', 1, 'items', 0]],
    ]);
  });

  it('drops what only helm test creates, and keeps other hooks', () => {
    const hook = (name: string, phases: string): string =>
      `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, annotations: { helm.sh/hook: "${phases}" } }\n---\n`;
    const { objects } = read(hook('a', 'test') + hook('b', 'test-success, test') + hook('c', 'pre-install,test'));
    expect(objects.map(({ name }) => name)).toEqual(['c']);
  });

  it('keeps kinds nobody knows as they are', () => {
    const { objects } = read('apiVersion: acme.io/v9\nkind: Rocket\nmetadata: { name: r }\nspec: { fuel: 3 }\n');
    expect(objects[0]).toMatchObject({ kind: 'Rocket', namespace: 'default', body: { spec: { fuel: 3 } } });
  });

  it.each([
    ['kind: Service\nmetadata: { name: a }', 'it has no apiVersion'],
    ['apiVersion: v1\nmetadata: { name: a }', 'it has no kind'],
    ['apiVersion: v1\nkind: Service', 'Service has no metadata'],
    ['apiVersion: v1\nkind: Service\nmetadata: { name: 7 }', 'no metadata.name that is a string'],
    ['apiVersion: v1\nkind: Service\nmetadata: { name: a, namespace: [x] }', 'metadata.namespace of Service a'],
    ['apiVersion: v1\nkind: Service\nmetadata: { name: a, labels: { x: true } }', 'metadata.labels of Service a'],
    ['apiVersion: v1\nkind: Service\nmetadata: { name: a, annotations: { x: 1 } }', 'metadata.annotations of'],
    ['- 1', 'it is not a mapping'],
  ])('reports what Kubernetes would refuse: %s', (yaml, reason) => {
    const { objects, gaps } = read(`# first\n${yaml}\n`);
    expect(objects).toEqual([]);
    expect(gaps).toMatchObject([
      { path: 'k8s/x.yaml', deployable: 'plain:k8s', line: 2, reason: expect.stringContaining(reason) },
    ]);
  });
});
