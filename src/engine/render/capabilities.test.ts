import { describe, expect, it } from 'vitest';
import { application, deployment } from '../../../test/discover-files.ts';
import { needs } from '../../../test/need.ts';
import { temporaryTree } from '../../../test/temporary-tree.ts';
import { hostRenderers } from '../../adapters/renderers.ts';
import { discover } from '../discover/index.ts';
import { loadSpec } from '../load-spec.ts';

const API = 'monitoring.coreos.com/v1';

/** A chart of one object for each guard that holds. */
const chart = (...guards: string[]): Record<string, string> => ({
  'c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\nkubeVersion: ">=1.21.0-0"\n',
  'c/values.yaml': 'enabled: true\n',
  'c/templates/all.yaml': guards
    .map((guard, index) => `{{- if ${guard} }}\n---\n${deployment(`g${index}`)}{{- end }}\n`)
    .join(''),
});

const served = `.Capabilities.APIVersions.Has "${API}"`;
const monitor = (apiVersion: string): string =>
  `apiVersion: ${apiVersion}\nkind: ServiceMonitor\nmetadata: { name: m, namespace: shop }\nspec: {}\n`;
const definition = JSON.stringify({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'servicemonitors.monitoring.coreos.com' },
  spec: {
    group: 'monitoring.coreos.com',
    names: { kind: 'ServiceMonitor' },
    scope: 'Namespaced',
    versions: [{ name: 'v1', served: true }],
  },
});

async function rendered(files: Record<string, string>, apiVersions?: readonly string[]) {
  const environment = { name: 'production', kind: 'production', ...(apiVersions && { apiVersions }) };
  const spec = loadSpec(
    JSON.stringify({ apiVersion: 'launchgate/v1', kind: 'Platform', name: 'p', environments: [environment] }),
    'launchgate.yaml',
  );
  const found = await discover(temporaryTree(files), { renderers: hostRenderers(), spec });
  const names = [...found.rendered.values()].flatMap(({ objects }) => objects.map(({ name }) => name));
  return { names, reasons: found.gaps.map(({ reason }) => reason) };
}

describe.skipIf(!needs('helm'))('a chart that asks what the cluster serves', () => {
  it('is open where nothing tells and it matters', async () => {
    const { reasons } = await rendered(chart(served));
    expect(reasons).toEqual([expect.stringContaining(`where the cluster serves ${API}, and nothing here says`)]);
  });

  it.each([
    ['values decide', chart(`and (not .Values.enabled) (${served})`), undefined, []],
    ['the spec names it', chart(served), [API], ['g0']],
    ['the spec names others', chart(served), [], []],
    ['it asks for a kind of it', chart(`.Capabilities.APIVersions.Has "${API}/ServiceMonitor"`), [API], ['g0']],
    ['the repository has objects of it', { ...chart(served), 'k/m.yaml': monitor(API) }, undefined, ['g0', 'm']],
    [
      'the repository defines it',
      { ...chart(served), 'k/crd.json': definition },
      undefined,
      ['g0', 'servicemonitors.monitoring.coreos.com'],
    ],
    [
      'an application lists the APIs of its cluster',
      {
        ...chart(served),
        'apps/c.json': application('c', { source: { path: 'c', helm: { apiVersions: ['example.org/v1'] } } }),
      },
      undefined,
      ['c'],
    ],
    [
      "it is an API of Kubernetes' own",
      chart('.Capabilities.APIVersions.Has "policy/v1/PodDisruptionBudget"'),
      undefined,
      ['g0'],
    ],
    ['it asks for a distribution', chart('.Capabilities.APIVersions.Has "security.openshift.io/v1"'), undefined, []],
    ['it asks for a version', chart('semverCompare ">=1.25-0" .Capabilities.KubeVersion.Version'), undefined, ['g0']],
  ])('is certain where %s', async (_, files, apiVersions, names) => {
    const found = await rendered(files, apiVersions);
    expect(found.names.sort()).toEqual(names);
    expect(found.reasons.filter((reason) => reason.includes('templates'))).toEqual([]);
  });

  it('does not conclude from objects of another environment or another version', async () => {
    for (const other of [
      { 'overlays/staging/m.yaml': monitor(API) },
      { 'k/m.yaml': monitor('monitoring.coreos.com/v2') },
    ]) {
      const files = { ...chart(served), 'c/values-prod.yaml': 'enabled: true\n', ...other };
      expect((await rendered(files)).reasons.some((reason) => reason.includes('templates'))).toBe(true);
    }
  });

  it('renders a chart for older clusters alone as Helm does by itself', async () => {
    const files = {
      ...chart('.Values.enabled'),
      'c/Chart.yaml': 'name: c\nversion: 1.0.0\nkubeVersion: "<1.33.0-0"\n',
    };
    expect((await rendered(files)).names).toEqual(['g0']);
  });
});
