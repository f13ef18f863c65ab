/** Every place on the way of a stream that ends it after a while, as far as the repository shows. */
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { PublicRoute } from '../../proofs/edge/index.ts';
import { balancerHops, googleHops, serviceBalancerHops } from './hops-cloud.ts';
import { gatewayHops, meshHops } from './hops-envoy.ts';
import { proxyHops } from './hops-proxy.ts';

/** A place on the way. `seconds` absent: it cuts nothing by itself, or (`unknown`) it is not known when. */
export interface Hop {
  readonly what: string;
  readonly seconds?: number;
  readonly unknown?: string;
  /** `silence`: it cuts a connection without traffic. `life`: it cuts any, so long after its start. */
  readonly bounds: 'silence' | 'life';
  readonly origin: Origin;
}

export type StreamProtocol = 'websocket' | 'sse';

export function hopsOf(view: PlatformView, route: PublicRoute, protocol: StreamProtocol): Hop[] {
  return [
    ...proxyHops(view, route, protocol),
    ...gatewayHops(view, route, protocol),
    ...meshHops(view, route, protocol),
    ...googleHops(view, route),
    ...balancerHops(view, route),
    ...serviceBalancerHops(view, route),
  ];
}
