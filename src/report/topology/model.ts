import type { Service } from '../../model/platform.ts';
import type { Spec, StoreSpec } from '../../model/spec.ts';
import { counted } from '../order.ts';

type NodeKind = 'internet' | 'edge' | 'service' | 'store' | 'external' | 'subnet';

/** Something that talks or is talked to. */
export interface TopologyNode {
  /** As the spec refers to it: `service/api`, `internet`; and `edge`. */
  readonly id: string;
  readonly kind: NodeKind;
  readonly name: string;
  /** A few words under the name: "api, 3 routes", "postgres". */
  readonly detail: string;
  /** Subjects that are shown as part of it: the discovered workloads that run a store. */
  readonly runsAs?: readonly string[];
}

/** That one may open connections to the other. */
export interface TopologyLink {
  readonly from: string;
  readonly to: string;
  /** In words: "5432/TCP, mtls". */
  readonly detail: string;
  /** The flow says that nothing protects it. */
  readonly plaintext: boolean;
}

export interface Topology {
  readonly nodes: readonly TopologyNode[];
  readonly links: readonly TopologyLink[];
  /** False when the platform declares no flows: the picture then shows what there is, not what talks. */
  readonly flowsDeclared: boolean;
}

/** The picture that a platform's spec and services make. Pure; the order of the result is the order of the spec. */
export function topologyOf(facts: { readonly spec: Spec; readonly services: readonly Service[] }): Topology {
  const { spec, services } = facts;
  const links = mergeLinks([...edgeLinks(spec, services), ...flowLinks(spec), ...dependencyLinks(services)]);
  const nodes = new Map<string, TopologyNode>();
  for (const node of declaredNodes(spec, services)) nodes.set(node.id, node);
  for (const id of links.flatMap((link) => [link.from, link.to])) {
    if (!nodes.has(id)) nodes.set(id, referredNode(id));
  }
  return { nodes: [...nodes.values()], links, flowsDeclared: spec.flows !== undefined };
}

function declaredNodes(spec: Spec, services: readonly Service[]): TopologyNode[] {
  const running = new Map(spec.stores.map((store) => [store.name, storeServices(store, services)]));
  const hidden = new Set([...running.values()].flat());
  return [
    ...services
      .filter((service) => !hidden.has(service))
      .map((service) => ({
        id: `service/${service.name}`,
        kind: 'service' as const,
        name: service.name,
        detail: serviceDetail(service),
      })),
    ...spec.stores.map((store) => ({
      id: `store/${store.name}`,
      kind: 'store' as const,
      name: store.name,
      detail: store.kind,
      runsAs: (running.get(store.name) ?? []).map((service) => `service/${service.name}`),
    })),
    ...spec.externals.map((external) => ({
      id: `external/${external.name}`,
      kind: 'external' as const,
      name: external.name,
      detail: external.hosts[0] ?? external.cidrs[0] ?? 'external',
    })),
  ];
}

/** Discovered services that are nothing but the workload of a store: they are shown as the store. */
function storeServices(store: StoreSpec, services: readonly Service[]): Service[] {
  const workloads = new Set((store.workloads ?? []).map((workload) => workload.name));
  return services.filter(
    (service) => !service.declared && (service.name === store.name || workloads.has(service.name)),
  );
}

function serviceDetail(service: Service): string {
  const routes = service.spec.routes.filter((route) => route.public).length;
  const kind = service.spec.kind ?? (service.declared ? 'service' : 'discovered');
  return routes === 0 ? kind : `${kind}, ${counted(routes, 'route')}`;
}

/** Public routes go by the edge. */
function edgeLinks(spec: Spec, services: readonly Service[]): TopologyLink[] {
  const reached = services.flatMap((service) => {
    const routes = service.spec.routes.filter((route) => route.public);
    if (routes.length === 0) return [];
    const paths = routes.map((route) => `${route.protocol} ${route.host ?? ''}${route.path}`).join(', ');
    return [{ from: 'edge', to: `service/${service.name}`, detail: paths, plaintext: false }];
  });
  if (reached.length === 0 && spec.edge === undefined) return [];
  return [{ from: 'internet', to: 'edge', detail: spec.edge?.host ?? 'public traffic', plaintext: false }, ...reached];
}

function flowLinks(spec: Spec): TopologyLink[] {
  return (spec.flows ?? []).map((flow) => ({
    from: flow.from,
    to: flow.to,
    detail: [flow.port === undefined ? flow.protocol : `${flow.port}/${flow.protocol}`, flow.encryption]
      .filter((part) => part !== undefined)
      .join(', '),
    plaintext: flow.encryption === 'none',
  }));
}

function dependencyLinks(services: readonly Service[]): TopologyLink[] {
  return services.flatMap((service) =>
    (service.spec.criticalDependencies ?? []).map((to) => ({
      from: `service/${service.name}`,
      to,
      detail: 'critical dependency',
      plaintext: false,
    })),
  );
}

/** One link for each direction between two nodes, however many flows say so. */
function mergeLinks(links: readonly TopologyLink[]): TopologyLink[] {
  const grouped = Map.groupBy(links, (link) => `${link.from} ${link.to}`);
  return [...grouped.values()].flatMap(([first, ...rest]) =>
    first === undefined
      ? []
      : {
          ...first,
          detail: [first, ...rest].map((link) => link.detail).join('; '),
          plaintext: [first, ...rest].some((link) => link.plaintext),
        },
  );
}

/** A node that is only referred to: the internet, the edge, a subnet, or a name the spec does not declare. */
function referredNode(id: string): TopologyNode {
  if (id === 'internet') return { id, kind: 'internet', name: 'Internet', detail: 'public traffic' };
  if (id === 'edge') return { id, kind: 'edge', name: 'Edge', detail: 'routes, TLS, limits' };
  const [kind = '', ...name] = id.split('/');
  const known = kind === 'store' || kind === 'external' || kind === 'subnet' ? kind : 'service';
  return { id, kind: known, name: name.join('/') || id, detail: known };
}
