import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { discoverFiles } from '../../../test/discover-files.ts';
import { resolve } from '../resolve/index.ts';

/** Words the readers look for, so that random documents get past the first question. */
const WORDS =
  'apiVersion kind metadata name namespace labels annotations spec source sources path chart helm values valueFiles valuesObject parameters kustomize images patches target patch resources bases components crds generators list elements git directories files matrix merge mergeKeys clusters template destination project directory recurse include exclude dependencies repository type items selector replicas containers image data targetNamespace postBuild substitute substituteFrom sourceRef configMapGenerator literals envs replacements suspend'.split(
    ' ',
  );
const SCALARS = [
  'argoproj.io/v1alpha1',
  'kustomize.toolkit.fluxcd.io/v1',
  'helm.toolkit.fluxcd.io/v2',
  'apps/v1',
  'Application',
  'ApplicationSet',
  'Kustomization',
  'HelmRelease',
  'Component',
  'Deployment',
  'List',
  '../..',
  '/etc',
  '.',
  'k8s',
  '{{path}}',
  '{{',
  'https://example.org/x',
  '__proto__',
  'constructor',
  '',
];

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(fc.constantFrom(...SCALARS), fc.integer(), fc.boolean(), fc.constant(null), fc.string({ maxLength: 8 })),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...WORDS, '__proto__', 'constructor'), tie('value'), { maxKeys: 6 }),
  ),
}));

const PATHS = [
  'kustomization.yaml',
  'k8s/kustomization.yaml',
  'c/Chart.yaml',
  'c/values-prod.yaml',
  'apps/one.yaml',
  'apps/two.json',
  'tests/x.yaml',
  'clusters/prod/x.yaml',
  '.rendered/pins.json',
];

describe('discovery and resolution', () => {
  it('answer for whatever documents a repository holds', async () => {
    const repository = fc.record(Object.fromEntries(PATHS.map((path) => [path, value])), { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(repository, async (documents) => {
        const files = Object.fromEntries(Object.entries(documents).map(([path, one]) => [path, JSON.stringify(one)]));
        const found = await discoverFiles({
          ...files,
          'k8s/x.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: { name: x }\n',
        });
        const facts = resolve(found, undefined, undefined);
        expect(new Set(found.deployables.map(({ id }) => id)).size).toBe(found.deployables.length);
        expect(facts.objects.every(({ name }) => typeof name === 'string')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('stop a matrix that multiplies', async () => {
    const elements = JSON.stringify(Array.from({ length: 200 }, (_, index) => ({ [`k${index}`]: 'x' })));
    const list = `{ list: { elements: ${elements} } }`;
    const set = `apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: { name: many }\nspec:\n  generators: [{ matrix: { generators: [${list}, ${list}, ${list}, ${list}] } }]\n  template: { metadata: { name: x }, spec: { source: { path: k8s } } }\n`;
    const found = await discoverFiles({ 'set.yaml': set });
    expect(found.gaps.map(({ reason }) => reason)).toContain(
      'the ApplicationSet depends on more than 1000 applications',
    );
  });
});
