import type { Query, Subject } from '../../model/control.ts';
import type { Workload } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { StoreSpec } from '../../model/spec.ts';
import { workloadsOf, workloadsOfStore } from '../../model/subjects.ts';
import {
  allConnections,
  connectionsTo,
  doorsOf,
  managedDoors,
  operatedDoors,
  type Connection,
  type Door,
} from '../../proofs/encryption/index.ts';

/** A server, who connects to it, and how either side holds the connection. */
export interface Traffic {
  /** Ways in, each once however many workloads have it. */
  readonly doors: readonly (Door & { readonly at: string })[];
  readonly connections: readonly Connection[];
  /** Declared flows to it, as `service/api -> store/orders:5432`, with what the spec demands of them. */
  readonly declared: readonly { readonly flow: string; readonly encryption?: string; readonly found: boolean }[];
  readonly managed?: string;
}

/** Kinds of store that are reached over the cloud's own API, or are no server at all. */
const NO_SERVER = new Set(['bucket', 'volume', 'config', 'other', 'elasticsearch']);

/** Services and stores that something inside connects to, and every store whose server can be judged. */
export function servers(view: PlatformView): Subject[] {
  const declared = new Set(internalFlows(view).map(({ to }) => to));
  const reached = new Set(
    allConnections(view).flatMap(({ to, fromWorkload }) => to.filter((workload) => workload !== fromWorkload)),
  );
  const stores = view.spec.stores.filter((store) => {
    const run = workloadsOfStore(view, store);
    return (
      declared.has(`store/${store.name}`) ||
      (!NO_SERVER.has(store.kind) && (run.length > 0 || operatedDoors(view, store.name).length > 0)) ||
      run.some((one) => reached.has(one))
    );
  });
  const inStores = new Set(stores.flatMap((store) => workloadsOfStore(view, store)));
  const services = view
    .services()
    .filter(({ name, workloads }) => declared.has(`service/${name}`) || workloads.some((one) => reached.has(one)))
    .filter(({ workloads, declared: isDeclared }) => isDeclared || !workloads.every((one) => inStores.has(one)));
  return [
    ...services.map(({ name }): Subject => ({ kind: 'service', name })),
    ...stores.map(({ name }): Subject => ({ kind: 'store', name })),
  ];
}

export function traffic(subject: Subject): Query<Traffic> {
  return (view) => {
    const store = subject.kind === 'store' ? view.store(subject.name) : undefined;
    const own = store === undefined ? workloadsOf(view, subject) : workloadsOfStore(view, store);
    const flows = flowsTo(view).get(`${subject.kind}/${subject.name}`) ?? [];
    const led = [...new Set(own.flatMap((one) => connectionsTo(view).get(one) ?? []))].filter(
      ({ fromWorkload }) => !(fromWorkload !== undefined && own.includes(fromWorkload)),
    );
    const outside = own.length === 0 && store !== undefined ? managedConnections(view, store, flows) : [];
    const connections = [...led, ...outside];
    const declared = flows.map(({ from, to, port, encryption }) => ({
      flow: `${from} -> ${to}${port === undefined ? '' : `:${port}`}`,
      ...(encryption !== undefined && { encryption }),
      found: connections.some(
        ({ fromWorkload }) => fromWorkload !== undefined && workloadsFrom(view, from).includes(fromWorkload),
      ),
    }));
    return {
      doors: doors(view, own, store, connections),
      connections: connections.map(({ from, host, port, care, because, origin }) => ({
        from,
        host,
        ...(port !== undefined && { port }),
        care,
        because,
        origin,
      })),
      declared,
      ...(store?.managed !== undefined && { managed: store.managed }),
    };
  };
}

type Led = ReturnType<typeof allConnections>[number];
type Flow = NonNullable<PlatformView['spec']['flows']>[number];

/** Flows between two ends of one's own; members among themselves are judged by the server's own settings for them. */
const internalFlows = oncePerPlatform((view: PlatformView): readonly Flow[] =>
  (view.spec.flows ?? []).filter(({ from, to }) => from !== to && isOwn(view, from) && isOwn(view, to)),
);

/** A store, or a service with workloads, or of which nobody can tell: what an operator runs has its configuration elsewhere. */
function isOwn(view: PlatformView, reference: string): boolean {
  const [kind, name = ''] = reference.split('/');
  if (kind !== 'service') return kind === 'store';
  const service = view.service(name);
  return service !== undefined && (service.workloads.length > 0 || service.unknown !== undefined);
}

function workloadsFrom(view: PlatformView, reference: string): readonly Workload[] {
  const [kind = '', name = ''] = reference.split('/');
  if (kind === 'service') return view.service(name)?.workloads ?? [];
  const store = view.store(name);
  return store === undefined ? [] : workloadsOfStore(view, store);
}

/** A managed store has a name of its own outside of the cluster: it is told by who declares to call it, and the port. */
function managedConnections(view: PlatformView, store: StoreSpec, flows: readonly Flow[]): Led[] {
  const rival = (port: number | undefined, from: string): boolean =>
    internalFlows(view).some(
      (flow) =>
        flow.from === from &&
        flow.to !== `store/${store.name}` &&
        flow.port === port &&
        (view.store(flow.to.split('/')[1] ?? '')?.managed ?? '') !== '',
    );
  return flows.flatMap(({ from, port = store.port }) =>
    rival(port, from)
      ? []
      : allConnections(view).filter(
          ({ fromWorkload, to, port: own }) =>
            to.length === 0 &&
            own === port &&
            fromWorkload !== undefined &&
            workloadsFrom(view, from).includes(fromWorkload),
        ),
  );
}

function doors(
  view: PlatformView,
  own: readonly Workload[],
  store: StoreSpec | undefined,
  connections: readonly Connection[],
): Traffic['doors'] {
  if (own.length === 0)
    return store === undefined
      ? []
      : [...managedDoors(view, store), ...operatedDoors(view, store.name)].map((door) => ({
          ...door,
          at: `store ${store.name}`,
        }));
  if (connections.length > 0 && connections.every(({ care }) => care === 'tunnel')) return [];
  const ports = new Set(connections.flatMap(({ port }) => port ?? []));
  const all = own.flatMap((workload) =>
    doorsOf(view, workload, connections)
      .filter(
        ({ port, role }) =>
          store !== undefined || role !== 'clients' || port === undefined || ports.size === 0 || ports.has(port),
      )
      .map((door) => ({ ...door, at: `${workload.kind} ${workload.namespace}/${workload.name}` })),
  );
  return [...new Map(all.map((door) => [`${door.name} ${door.plaintext} ${door.because}`, door])).values()];
}

const flowsTo = oncePerPlatform((view: PlatformView): ReadonlyMap<string, readonly Flow[]> => {
  const found = new Map<string, Flow[]>();
  for (const flow of internalFlows(view)) found.set(flow.to, [...(found.get(flow.to) ?? []), flow]);
  return found;
});
