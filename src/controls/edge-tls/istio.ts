import type { PlatformView } from '../../model/platform.ts';
import type { PublicRoute } from '../../proofs/edge/index.ts';
import { serversOf } from '../../proofs/edge/istio.ts';
import type { Fact } from './balancers.ts';

/** Istio's own minimum is TLS 1.2. https://istio.io/latest/docs/reference/config/networking/gateway/#ServerTLSSettings */
const OLD = /^TLSV1_[01]$/;

/** Servers of Istio Gateways that are told to take versions of TLS that are too old. */
export function istioVersions(view: PlatformView, routes: readonly PublicRoute[]): Fact[] {
  const facts = routes
    .filter(({ kind }) => kind === 'istio')
    .flatMap((route) => serversOf(view, route.edges, route.host))
    .flatMap(({ gateway, server }): Fact[] => {
      const version = server.get('tls', 'minProtocolVersion');
      const value = version.string();
      if (value === undefined || !OLD.test(value)) return [];
      const port = server.get('port', 'number').integer() ?? 'without a number';
      return [
        {
          message: `Gateway ${gateway} takes TLS older than 1.2 on port ${port} (${value})`,
          severity: 'high',
          origin: version.origin,
          remediation: 'Set minProtocolVersion to TLSV1_2, or leave it out.',
        },
      ];
    });
  return [...new Map(facts.map((fact) => [fact.message, fact])).values()];
}
