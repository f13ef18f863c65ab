import { describe, expect, it } from 'vitest';
import { discoverFiles } from '../../../../test/discover-files.ts';
import { resolve } from '../../../engine/resolve/index.ts';
import { indexPlatform, viewFor } from '../../../engine/view.ts';
import { traefikOf } from './index.ts';

/** What the entry points do of the Traefik that an object lets somebody install. */
async function entryPoints(object: string): Promise<Record<string, string> | undefined> {
  const facts = resolve(await discoverFiles({ 'k8s/traefik.yaml': object }), undefined, undefined);
  const traefik = traefikOf(viewFor(indexPlatform(facts), ['kubernetes']));
  return (
    traefik &&
    Object.fromEntries(
      traefik.all.map(({ name, tls, redirects }) => [name, tls ? 'tls' : redirects === 'yes' ? 'redirects' : 'plain']),
    )
  );
}

const argo = (helm: string): string => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: traefik, namespace: argocd }
spec:
  destination: { namespace: edge, server: https://kubernetes.default.svc }
  source: { repoURL: https://traefik.github.io/charts, chart: traefik, targetRevision: 34.4.1, helm: ${helm} }
`;

const k3s = (values: string): string => `apiVersion: helm.cattle.io/v1
kind: HelmChartConfig
metadata: { name: traefik, namespace: kube-system }
spec:
  valuesContent: |
    ${values}
`;

const flux = (more: string): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: traefik, namespace: edge }
spec: { interval: 1h, chart: { spec: { chart: traefik, sourceRef: { kind: HelmRepository, name: traefik } } }, ${more} }
`;

describe('the entry points of a chart that is not here', () => {
  it.each([
    ['as the chart has them', flux('values: {}'), { web: 'plain', websecure: 'tls' }],
    [
      'by values of an Application',
      argo('{ valuesObject: { ports: { web: { redirectTo: { port: websecure } } } } }'),
      { web: 'redirects', websecure: 'tls' },
    ],
    [
      'by arguments, which stand over values',
      k3s('additionalArguments: ["--entryPoints.web.http.redirections.entryPoint.to=:443"]'),
      { web: 'redirects', websecure: 'tls' },
    ],
    [
      'as later versions name them',
      k3s(
        '{ ports: { web: null, websecure: { http: { tls: { enabled: false } } }, api: { port: 9443, tls: { enabled: true } } } }',
      ),
      { websecure: 'plain', api: 'tls' },
    ],
  ])('are told %s', async (_how, object, expected) => expect(await entryPoints(object)).toEqual(expected));

  it.each([
    ['values of another object', flux('valuesFrom: [{ kind: ConfigMap, name: traefik }]')],
    ['parameters', argo('{ parameters: [{ name: ports.web.redirectTo.port, value: websecure }] }')],
    ['values files', argo('{ valueFiles: [values-production.yaml] }')],
  ])('are not told where there are %s', async (_what, object) => expect(await entryPoints(object)).toBeUndefined());
});
