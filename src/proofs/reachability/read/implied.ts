/**
 * What has to pass though nobody declares it as a flow: names are resolved before anything is dialled, Prometheus scrapes, the API server
 * calls webhooks, and ingress controllers reach what they route to. Probes are not among them: they come from a pod's own node, which always gets through.
 */
import { cursor, type KubeObject } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { selects } from '../../../model/selector.ts';
import type { PodClass } from '../classes.ts';
import type { Flow } from '../declared.ts';
import type { Endpoint } from '../endpoints.ts';
import { ANYONE, clusterDns, OTHER_NODE } from '../ends.ts';
import { EVERYTHING } from '../match.ts';
import type { Reachability } from '../reach.ts';
import { serviceTargets } from '../services.ts';
import type { ServiceInput } from '../types.ts';
import { routedPods, senderOf } from './routed.ts';
import { readOrRefuse, selectorAt } from './refused.ts';

export interface ImpliedFlow {
  readonly kind: 'dns' | 'scrape' | 'webhook' | 'route';
  /** Why it has to pass: `ServiceMonitor monitoring/api scrapes it`. */
  readonly why: string;
  readonly flow: Flow;
}

/** The implied flows; DNS for those workloads that send some declared flow. */
export function impliedFlows(view: PlatformView, reach: Reachability, declared: readonly Flow[]): ImpliedFlow[] {
  return [...dnsFlows(reach, declared), ...scrapes(view, reach), ...webhooks(view, reach), ...routes(view, reach)];
}

function dnsFlows(reach: Reachability, declared: readonly Flow[]): ImpliedFlow[] {
  const dns = clusterDns(reach);
  const senders = new Map<PodClass, Endpoint>();
  for (const { from } of declared) for (const end of from) if (end.kind === 'pods') senders.set(end.pods, end);
  return [...senders].flatMap(([{ members }, from]) =>
    (['UDP', 'TCP'] as const).map((protocol) => ({
      kind: 'dns' as const,
      why: 'it sends declared flows, and resolves names first; answers over 512 bytes may take TCP',
      flow: {
        name: `${nameOf(members)} -> kube-system/kube-dns : ${protocol} 53`,
        from: [from],
        to: [dns],
        protocol,
        ports: [53],
      },
    })),
  );
}

const SCRAPED: readonly { kind: string; endpoints: string }[] = [
  { kind: 'ServiceMonitor', endpoints: 'endpoints' },
  { kind: 'PodMonitor', endpoints: 'podMetricsEndpoints' },
];

function scrapes(view: PlatformView, reach: Reachability): ImpliedFlow[] {
  const from = scrapers(view, reach);
  return SCRAPED.flatMap(({ kind, endpoints }) =>
    view.objects(`${kind}.monitoring.coreos.com`).flatMap((object) =>
      scraped(view, reach, object, endpoints).map(({ pods, port }) => ({
        kind: 'scrape' as const,
        why: `${kind} ${object.namespace ?? 'default'}/${object.name} has it scraped`,
        flow: {
          name: `prometheus -> ${nameOf(pods.members)} : TCP ${port}`,
          from,
          to: [{ kind: 'pods' as const, pods }],
          protocol: 'TCP' as const,
          ports: [port],
          origin: object.origin,
        },
      })),
    ),
  );
}

/** The Prometheus of the platform; somebody unknown where it has none. */
function scrapers(view: PlatformView, reach: Reachability): readonly Endpoint[] {
  const found = view
    .objects('Prometheus.monitoring.coreos.com')
    .flatMap(({ namespace = 'default', name }) => reach.pods(`${namespace}/${name}[Prometheus]`) ?? []);
  return found.length === 0 ? [ANYONE] : found.map((pods) => ({ kind: 'pods', pods }));
}

interface Target {
  readonly pods: PodClass;
  readonly port: number;
}

function scraped(view: PlatformView, reach: Reachability, object: KubeObject, endpoints: string): Target[] {
  const read = readOrRefuse(() => {
    const spec = cursor(object).get('spec');
    const within = spec.get('namespaceSelector');
    return {
      selector: selectorAt(spec.get('selector')) ?? EVERYTHING,
      namespaces:
        within.get('any').boolean() === true ? undefined : namesOr(within.get('matchNames').strings(), object),
      ports: spec
        .get(endpoints)
        .items()
        .flatMap((at) => at.get('port').string() ?? at.get('targetPort').integerOrString() ?? []),
    };
  });
  if ('refused' in read) return [];
  const { selector, namespaces, ports } = read.value;
  const inScope = (namespace: string): boolean => namespaces === undefined || namespaces.includes(namespace);
  if (object.kind === 'PodMonitor')
    return reach.classes.all
      .filter((pods) => inScope(pods.namespace.name) && selects(selector, pods.labels.labels))
      .flatMap((pods) => ports.flatMap((port) => numbersOf(pods, port).map((number) => ({ pods, port: number }))));
  const labels = new Map(
    view.objects('Service').map((service) => [`${service.namespace}/${service.name}`, service.labels]),
  );
  return reach.input.services
    .filter(({ namespace, name }) => inScope(namespace) && selects(selector, labels.get(`${namespace}/${name}`) ?? {}))
    .flatMap((service) => ports.flatMap((port) => serviceTargets(reach, service, port)));
}

function namesOr(names: readonly string[], { namespace = 'default' }: KubeObject): readonly string[] {
  return names.length === 0 ? [namespace] : names;
}

function numbersOf({ ports = [] }: PodClass, port: string | number): number[] {
  if (typeof port === 'number') return [port];
  return ports.filter(({ name, protocol }) => name === port && protocol === 'TCP').map((one) => one.port);
}

const CALLED = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'APIService'] as const;

/** From the API server, which runs on another host as far as pods are concerned, or behind addresses that only the cloud knows. */
function webhooks(view: PlatformView, reach: Reachability): ImpliedFlow[] {
  return CALLED.flatMap((kind) =>
    view.objects(kind).flatMap((object) =>
      servicesOf(reach, object).flatMap(({ service, port }) =>
        serviceTargets(reach, service, port).map((target) => ({
          kind: 'webhook' as const,
          why: `${kind} ${object.name} has the API server call it`,
          flow: {
            name: `API server -> ${nameOf(target.pods.members)} : TCP ${target.port}`,
            from: [OTHER_NODE],
            to: [{ kind: 'pods' as const, pods: target.pods }],
            protocol: 'TCP' as const,
            ports: [target.port],
            origin: object.origin,
          },
        })),
      ),
    ),
  );
}

function routes(view: PlatformView, reach: Reachability): ImpliedFlow[] {
  return routedPods(view, reach).map((routed) => ({
    kind: 'route' as const,
    why: `${routed.routes.join(', ')} ${routed.routes.length === 1 ? 'sends' : 'send'} requests there`,
    flow: {
      name: `${routed.controllerId} -> ${routed.id} : TCP ${routed.ports.join(',')}`,
      from: [senderOf(routed)],
      to: [routed.pods],
      protocol: 'TCP' as const,
      ports: routed.ports,
    },
  }));
}

function servicesOf(reach: Reachability, object: KubeObject): { service: ServiceInput; port: number }[] {
  const read = readOrRefuse(() => {
    const root = cursor(object);
    const references = [
      root.get('spec', 'service'),
      ...root
        .get('webhooks')
        .items()
        .map((webhook) => webhook.get('clientConfig', 'service')),
    ];
    return references.map((at) => ({
      namespace: at.get('namespace').string(),
      name: at.get('name').string(),
      port: at.get('port').integer() ?? 443,
    }));
  });
  if ('refused' in read) return [];
  return read.value.flatMap(({ namespace, name, port }) =>
    reach.input.services
      .filter((one) => one.namespace === namespace && one.name === name)
      .map((service) => ({ service, port })),
  );
}

function nameOf(members: PodClass['members']): string {
  return members.map(({ id }) => id).join(', ');
}
