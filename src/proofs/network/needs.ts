/**
 * What a platform cannot do without though nobody declares it: names, metrics, webhooks that the API server calls, and the way from an
 * ingress controller to what is behind it. Each is a flow, so that the engine can say whether it passes.
 */
import { cursor } from '../../model/kube.ts';
import { oncePer } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import {
  ANYONE,
  API_SERVER,
  clusterDns,
  declaredFlows,
  OTHER_NODE,
  outside,
  routedPods,
  serviceTargets,
  type Endpoint,
  type Reachability,
} from '../reachability/index.ts';
import { nameOf, need, type Need } from './need.ts';
import { scrapes } from './scrapes.ts';

type Of = (view: PlatformView, reach: Reachability) => readonly Need[];

const byPlatform = oncePer((_platform: object) => new WeakMap<Reachability, readonly Need[]>());

/** Every need of the platform, remembered for each reachability it is asked of. */
export function needsOf(view: PlatformView, reach: Reachability): readonly Need[] {
  const known = byPlatform(view.platform);
  const found = known.get(reach);
  if (found !== undefined) return found;
  const parts: Of[] = [dns, scrapes, webhooks, routes];
  const needs = parts.flatMap((part) => part(view, reach));
  known.set(reach, needs);
  return needs;
}

/** Of a pod that may, or is declared to, open a connection: it finds the other by name, over UDP and, for long answers, over TCP. */
function dns(view: PlatformView, reach: Reachability): Need[] {
  const server = clusterDns(reach);
  const senders = new Set(
    declaredFlows(view, reach).flatMap(({ flows }) =>
      flows.flatMap(({ from }) => from.flatMap((end) => (end.kind === 'pods' ? [end.pods] : []))),
    ),
  );
  return reach.classes.all.flatMap((pods) => {
    const from: Endpoint = { kind: 'pods', pods };
    if (
      pods.hostNetwork ||
      (server.kind === 'pods' && server.pods === pods) ||
      (!senders.has(pods) && isSealed(reach, from))
    )
      return [];
    return (['UDP', 'TCP'] as const).map((protocol): Need => ({
      kind: 'dns',
      of: pods,
      by: 'the resolver of every pod',
      name: `${nameOf(pods)} -> kube-system/kube-dns : ${protocol} 53`,
      from: [from],
      to: [server, ...NODE_LOCAL],
      protocol,
      ports: [53],
    }));
  });
}

/** Where NodeLocal DNSCache answers, unless it is told otherwise (kubernetes.io, "Using NodeLocal DNSCache"). */
const NODE_LOCAL: readonly Endpoint[] = [outside('169.254.20.10') ?? ANYONE].filter(({ kind }) => kind !== 'anyone');

/** No rule lets it send anything to anybody. */
function isSealed(reach: Reachability, from: Endpoint): boolean {
  const { allowed, unknown } = reach.connection(from, ANYONE);
  return allowed.length + unknown.length === 0;
}

/** Kinds that name a Service for the API server to call, with the members that hold it. */
const CALLED: readonly (readonly [kind: string, list: string | undefined, member: readonly string[]])[] = [
  ['ValidatingWebhookConfiguration', 'webhooks', ['clientConfig', 'service']],
  ['MutatingWebhookConfiguration', 'webhooks', ['clientConfig', 'service']],
  ['CustomResourceDefinition', undefined, ['spec', 'conversion', 'webhook', 'clientConfig', 'service']],
  ['APIService', undefined, ['spec', 'service']],
];

/** The API server stands on a node of its own or outside, so only a rule for addresses, for everybody, or for itself lets it in. */
function webhooks(view: PlatformView, reach: Reachability): Need[] {
  const servers = [OTHER_NODE, API_SERVER, outside('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16')].filter(
    (end) => end !== undefined,
  );
  return CALLED.flatMap(([kind, list, member]) =>
    view.objects(kind).flatMap((object) => {
      const entries = list === undefined ? [cursor(object)] : cursor(object).get(list).items();
      return entries
        .map((entry) => entry.get(...member))
        .filter((service) => service.get('name').exists)
        .flatMap((service) => {
          const name = service.get('name').string() ?? '';
          const port = service.get('port').integer() ?? 443;
          const found = reach.services(service.get('namespace').string() ?? '').find((one) => one.name === name);
          if (found === undefined) return [];
          return serviceTargets(reach, found, port).map((target) =>
            need('webhook', `${kind} ${object.name}`, 'the API server', servers, target, object),
          );
        });
    }),
  );
}

/** Any address outside, or a node, through whose port a balancer of nodes comes in. */
const BALANCERS: readonly Endpoint[] = [OTHER_NODE, outside('0.0.0.0/0', '::/0') ?? ANYONE];

/** From each controller to what routes send it to. Where its pods are elsewhere, somebody has to get through; a balancer is no pod. */
function routes(view: PlatformView, reach: Reachability): Need[] {
  return routedPods(view, reach).flatMap(({ id, pods, ports, routes: asked, controller, controllerId, fromBalancer }) =>
    pods.kind !== 'pods'
      ? []
      : ports.map((port): Need => ({
          kind: fromBalancer ? 'balancer' : 'ingress',
          of: pods.pods,
          by: asked.join(', '),
          name: `${controllerId} -> ${id} : TCP ${port}`,
          from: fromBalancer ? BALANCERS : [controller ?? ANYONE],
          to: [pods],
          protocol: 'TCP',
          ports: [port],
        })),
  );
}
