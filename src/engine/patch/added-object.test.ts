import { describe, expect, it } from 'vitest';
import { memoryTree } from '../../../test/fixture-platform.ts';
import type { Patch } from '../../model/control.ts';
import type { Pointer } from '../../model/origin.ts';
import { valueAt } from '../trace/pointers.ts';
import { applyPatches } from './index.ts';
import type { Sources } from './owners.ts';

const DEPLOYMENT = 'kind: Deployment\nmetadata: { name: api }\nspec: { selector: { matchLabels: { app: api } } }\n';
const BUDGET = 'kind: PodDisruptionBudget\nmetadata:\n  name: api\n';

function adding(path: string, spec?: unknown): Patch {
  const object = { kind: 'PodDisruptionBudget', metadata: { name: 'api' }, ...(spec !== undefined && { spec }) };
  return { op: 'add-object', beside: { path, document: 0, pointer: [] }, object, reason: 'x' };
}

describe('the kustomization that an added object is listed in', () => {
  it('is the one further up that lists its neighbour', () => {
    const tree = memoryTree({
      'base/kustomization.yaml': 'resources:\n  # the api\n  - ./api/deployment.yaml\n',
      'base/api/deployment.yaml': DEPLOYMENT,
    });
    expect(applyPatches(tree, [adding('base/api/deployment.yaml')])).toEqual({
      'base/api/api-pod-disruption-budget.yaml': BUDGET,
      'base/kustomization.yaml':
        'resources:\n  # the api\n  - ./api/deployment.yaml\n  - api/api-pod-disruption-budget.yaml\n',
    });
  });

  it('is none that has nothing to do with its neighbour', () => {
    const tree = memoryTree({ 'kustomization.yaml': 'resources: [other.yaml]\n', 'api/deployment.yaml': DEPLOYMENT });
    expect(Object.keys(applyPatches(tree, [adding('api/deployment.yaml')]))).toEqual([
      'api/api-pod-disruption-budget.yaml',
    ]);
  });
});

describe('a file that is there', () => {
  const tree = (content: string, kustomization?: string) =>
    memoryTree({
      'deployment.yaml': DEPLOYMENT,
      'api-pod-disruption-budget.yaml': content,
      ...(kustomization !== undefined && { 'kustomization.yaml': kustomization }),
    });

  it('is not given the same object twice', () => {
    expect(() => applyPatches(tree(`# ours\n${BUDGET}`), [adding('deployment.yaml')])).toThrow(
      /^api-pod-disruption-budget\.yaml holds the object already, and is not among what is rendered/,
    );
  });

  it('is listed where that is all that was missing', () => {
    const files = applyPatches(tree(BUDGET, 'resources:\n- deployment.yaml\n'), [adding('deployment.yaml')]);
    expect(files).toEqual({
      'kustomization.yaml': 'resources:\n- deployment.yaml\n- api-pod-disruption-budget.yaml\n',
    });
  });

  it('keeps its line ends', () => {
    const files = applyPatches(tree('kind: ConfigMap\r\n'), [adding('deployment.yaml')]);
    expect(files['api-pod-disruption-budget.yaml']).toBe(`kind: ConfigMap\n---\n${BUDGET}`.replaceAll('\n', '\r\n'));
  });
});

describe('labels that an overlay gives to all selectors', () => {
  const labels = { app: 'api', env: 'production' };
  const output = { metadata: { name: 'api' }, spec: { selector: { matchLabels: labels } } };
  const base = memoryTree({ 'base/deployment.yaml': DEPLOYMENT });
  const rendered = { path: 'prod', document: 0, pointer: [], rendered: 'kustomize:prod' };

  const given = (place: Pointer): Sources => ({
    owner: ({ pointer = [] }) =>
      pointer.at(-1) === 'env'
        ? { path: 'prod/kustomization.yaml', document: 0, pointer: place }
        : { path: 'base/deployment.yaml', document: 0, pointer },
    rendered: ({ pointer = [] }) => valueAt(output, pointer),
    shared: () => false,
    real: (path) => path,
  });

  it.each<[string, Pointer]>([
    ['labels', ['labels', 0, 'pairs', 'env']],
    ['commonLabels', ['commonLabels', 'env']],
  ])('of %s are left to be given to an object and to a value', (_, place) => {
    const spec = { selector: { matchLabels: labels } };
    const add = { ...adding('prod', spec), beside: rendered } as Patch;
    const spread = [{ topologyKey: 'zone', labelSelector: { matchLabels: labels } }];
    const set: Patch = { op: 'set', origin: { ...rendered, pointer: ['spec', 'spread'] }, value: spread, reason: 'x' };
    expect(applyPatches(base, [add, set], given(place))).toEqual({
      'base/api-pod-disruption-budget.yaml': `${BUDGET}spec:\n  selector:\n    matchLabels:\n      app: api\n`,
      'base/deployment.yaml': DEPLOYMENT.replace(
        '{ app: api } } }',
        '{ app: api } }, spread: [ { topologyKey: zone, labelSelector: { matchLabels: { app: api } } } ] }',
      ),
    });
  });

  it('those of the source are written', () => {
    const add = { ...adding('prod', { selector: { matchLabels: labels } }), beside: rendered } as Patch;
    const own = given(['spec', 'selector', 'matchLabels', 'env']);
    expect(applyPatches(base, [add], own)['base/api-pod-disruption-budget.yaml']).toContain('env: production');
  });
});
