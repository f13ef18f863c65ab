import { cursor } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { targetsOf } from '../../proofs/edge/envoy-gateway.ts';
import type { PublicRoute } from '../../proofs/edge/index.ts';
import type { Fact } from './balancers.ts';

/** Envoy Gateway's own minimum is TLS 1.2. https://gateway.envoyproxy.io/docs/api/extension_types/#tlssettings */
const OLD = /^1\.[01]$/;

/** Policies of Envoy Gateway that let clients of a public Gateway speak versions of TLS that are too old. */
export function envoyVersions(view: PlatformView, routes: readonly PublicRoute[]): Fact[] {
  const gateways = new Set(routes.filter(({ kind }) => kind === 'gateway-api').flatMap(({ edges }) => edges));
  return view.objects('ClientTrafficPolicy.gateway.envoyproxy.io').flatMap((policy): Fact[] => {
    const version = cursor(policy).get('spec', 'tls', 'minVersion');
    const value = version.string() ?? '';
    const namespace = policy.namespace ?? 'default';
    const gateway = targetsOf(policy)
      .filter((target) => target.get('kind').string() === 'Gateway')
      .map((target) => `${namespace}/${target.get('name').string()}`)
      .find((name) => gateways.has(name));
    if (!OLD.test(value) || gateway === undefined) return [];
    return [
      {
        message: `ClientTrafficPolicy ${namespace}/${policy.name} lets clients of Gateway ${gateway} speak TLS older than 1.2 (${value})`,
        severity: 'high',
        origin: version.origin,
        remediation: 'Set minVersion to "1.2", or leave it out.',
      },
    ];
  });
}
