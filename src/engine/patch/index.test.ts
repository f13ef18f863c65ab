import { describe, expect, it } from 'vitest';
import { memoryTree } from '../../../test/fixture-platform.ts';
import { LaunchgateError } from '../../model/errors.ts';
import type { Origin, Pointer } from '../../model/origin.ts';
import { valueAt } from '../trace/pointers.ts';
import { applyPatches } from './index.ts';
import type { Sources } from './owners.ts';

const RENDERED: Origin = { path: 'prod', document: 0, pointer: ['spec', 'replicas'], rendered: 'kustomize:prod' };

/** As if the rendered value were owned by this place. */
function ownedBy(path: string, pointer: Pointer | undefined, value: unknown, shared = false): Sources {
  return {
    owner: () => ({ path, document: 0, ...(pointer !== undefined && { pointer }) }),
    rendered: () => value,
    shared: () => shared,
    real: (path) => path,
  };
}

describe('rendered values', () => {
  const kustomization = (text: string) => memoryTree({ 'prod/kustomization.yaml': text });

  it('a count of replicas goes with its entry, and the last entry with the list', () => {
    const remove = { op: 'remove', origin: RENDERED, reason: 'an HPA sets them' } as const;
    const two = kustomization('replicas:\n- name: api\n  count: 5\n- name: web\n  count: 2\nnamePrefix: p-\n');
    const one = kustomization('replicas: [{ name: api, count: 5 }]\nnamePrefix: p-\n');
    const sources = ownedBy('prod/kustomization.yaml', ['replicas', 0, 'count'], 5);
    expect(applyPatches(two, [remove], sources)).toEqual({
      'prod/kustomization.yaml': 'replicas:\n- name: web\n  count: 2\nnamePrefix: p-\n',
    });
    expect(applyPatches(one, [remove], sources)).toEqual({ 'prod/kustomization.yaml': 'namePrefix: p-\n' });
  });

  it('a value that the templates use elsewhere is left alone, unless it is a mapping that is added to', () => {
    const tree = memoryTree({ 'c/values.yaml': 'replicas: 3\npod: { a: 1 }\n' });
    const set = { op: 'set', origin: RENDERED, value: 2, reason: 'x' } as const;
    expect(() => applyPatches(tree, [set], ownedBy('c/values.yaml', ['replicas'], 3, true))).toThrow(
      /^spec\.replicas comes from replicas of c\/values\.yaml, which the templates use elsewhere too$/,
    );
    expect(applyPatches(tree, [set], ownedBy('c/values.yaml', ['replicas'], 3))).toEqual({
      'c/values.yaml': 'replicas: 2\npod: { a: 1 }\n',
    });
    const add = { ...set, value: true };
    expect(applyPatches(tree, [add], ownedBy('c/values.yaml', ['pod', 'b'], undefined, true))).toEqual({
      'c/values.yaml': 'replicas: 3\npod: { a: 1, b: true }\n',
    });
  });

  it('the text of an inline patch is neither replaced nor removed', () => {
    const tree = kustomization('patches:\n- patch: |-\n    kind: Deployment\n    spec: { replicas: 5 }\n');
    const sources = ownedBy('prod/kustomization.yaml', ['patches', 0, 'patch'], 5);
    for (const patch of [
      { op: 'remove', origin: RENDERED, reason: 'x' } as const,
      { op: 'set', origin: RENDERED, value: 3, reason: 'x' } as const,
    ])
      expect(() => applyPatches(tree, [patch], sources)).toThrow(
        /^spec\.replicas comes from prod\/kustomization\.yaml in a way that no edit can follow$/,
      );
  });

  it.each([
    ['only the file is known', undefined, 5],
    ['the place holds a part of the value', ['images', 0, 'newTag'], 'registry.example/api:1.2.3'],
    ['the place holds what was overridden', ['replicas', 0, 'count'], 7],
  ])('is refused where %s', (_, pointer, value) => {
    const tree = kustomization('images: [{ name: api, newTag: 1.2.3 }]\nreplicas: [{ name: api, count: 5 }]\n');
    const sources = ownedBy('prod/kustomization.yaml', pointer, value);
    const set = { op: 'set', origin: RENDERED, value: 'x', reason: 'x' } as const;
    expect(() => applyPatches(tree, [set], sources)).toThrow(LaunchgateError);
  });

  it('an operation of a JSON patch goes as a whole, and what counted behind it waits', () => {
    const tree = memoryTree({
      'prod/p.yaml': '- op: add\n  path: /spec/replicas\n  value: 5\n- op: add\n  path: /spec/x\n  value: 0\n',
    });
    const remove = { op: 'remove', origin: RENDERED, reason: 'x' } as const;
    const set = { op: 'set', origin: RENDERED, value: 10, reason: 'x' } as const;
    const files = applyPatches(tree, [remove], ownedBy('prod/p.yaml', [0, 'value'], 5));
    expect(files).toEqual({ 'prod/p.yaml': '- op: add\n  path: /spec/x\n  value: 0\n' });
    expect(() => applyPatches(tree, [set], ownedBy('prod/p.yaml', [1, 'value'], 0), files)).toThrow(
      /another patch removes an item of the same list/,
    );
  });

  it('no object is added beside one whose name gets a prefix on the way', () => {
    const tree = memoryTree({ 'base/a.yaml': 'kind: Deployment\nmetadata: { name: api }\n' });
    const add = {
      op: 'add-object',
      object: { kind: 'PodDisruptionBudget', metadata: { name: 'prod-api' } },
      beside: { ...RENDERED, pointer: [] },
      reason: 'x',
    } as const;
    const sources: Sources = { ...ownedBy('base/a.yaml', ['metadata', 'name'], 'prod-api') };
    expect(() => applyPatches(tree, [add], sources)).toThrow(/^metadata\.name comes from base\/a\.yaml/);
  });

  it.each([
    ['the namespace that its neighbour is given is left to be given', '{ name: api }', 'metadata:\n  name: api\n'],
    [
      'one that its neighbour names is named',
      '{ name: api, namespace: shop }',
      'metadata:\n  name: api\n  namespace: shop\n',
    ],
  ])('of an object that is added, %s', (_, metadata, written) => {
    const tree = memoryTree({ 'base/a.yaml': `kind: Deployment\nmetadata: ${metadata}\n` });
    const add = {
      op: 'add-object',
      object: { kind: 'PodDisruptionBudget', metadata: { name: 'api', namespace: 'shop' } },
      beside: { ...RENDERED, pointer: [] },
      reason: 'x',
    } as const;
    const output = { metadata: { name: 'api', namespace: 'shop' } };
    const sources: Sources = {
      owner: ({ pointer = [] }) => ({ path: 'base/a.yaml', document: 0, pointer }),
      rendered: ({ pointer = [] }) => valueAt(output, pointer),
      shared: () => false,
      real: (path) => path,
    };
    expect(applyPatches(tree, [add], sources)).toEqual({
      'base/api-pod-disruption-budget.yaml': `kind: PodDisruptionBudget\n${written}`,
    });
  });
});

describe('files', () => {
  const at = (path: string, ...pointer: Pointer): Origin => ({ path, document: 0, pointer });

  it('JSON stays JSON, laid out as its neighbours are', () => {
    const tree = memoryTree({ 'a.json': '{\n  "spec": {\n    "replicas": 2\n  },\n  "kind": "Deployment"\n}\n' });
    const set = {
      op: 'set',
      origin: at('a.json', 'spec', 'strategy', 'type'),
      value: 'Recreate',
      reason: 'x',
    } as const;
    const remove = { op: 'remove', origin: at('a.json', 'spec', 'replicas'), reason: 'x' } as const;
    const { 'a.json': changed = '' } = applyPatches(tree, [set]);
    expect(changed).toBe(
      '{\n  "spec": {\n    "replicas": 2,\n    "strategy": { "type": "Recreate" }\n  },\n  "kind": "Deployment"\n}\n',
    );
    expect(JSON.parse(applyPatches(tree, [set, remove])['a.json'] ?? '')).toEqual({
      spec: { strategy: { type: 'Recreate' } },
      kind: 'Deployment',
    });
  });

  it('line ends stay what they are', () => {
    const tree = memoryTree({ 'a.yaml': 'spec:\r\n  replicas: 2\r\n' });
    const set = {
      op: 'set',
      origin: at('a.yaml', 'spec', 'strategy'),
      value: { type: 'Recreate' },
      reason: 'x',
    } as const;
    expect(applyPatches(tree, [set])).toEqual({
      'a.yaml': 'spec:\r\n  replicas: 2\r\n  strategy:\r\n    type: Recreate\r\n',
    });
  });
});
