/** The flows of the spec as questions to the engine: each sender with each receiver, on the port of the receiving pods. */
import type { Workload } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import type { Spec } from '../../../model/spec.ts';
import { workloadsOfStore } from '../../../model/subjects.ts';
import type { Flow } from '../declared.ts';
import type { Endpoint } from '../endpoints.ts';
import { INTERNET, outside, podsOf } from '../ends.ts';
import type { Protocol } from '../ports.ts';
import type { Reachability } from '../reach.ts';
import { selectedBy, serviceTargets } from '../services.ts';
import { podsId } from './pods.ts';

type SpecFlow = NonNullable<Spec['flows']>[number];

/** A flow of the spec, and what could be made of it. */
export interface DeclaredFlow {
  /** `service/api -> store/orders : TCP 5432`. */
  readonly name: string;
  /** Zero-based, as in the spec. */
  readonly index: number;
  readonly flows: readonly Flow[];
  /** Which end has no place in the cluster and no addresses; then there are no flows. */
  readonly placeless?: string;
}

/** The declared flows. Those between two ends outside of the cluster are left out: no policy of it is about them. */
export function declaredFlows(view: PlatformView, reach: Reachability): DeclaredFlow[] {
  return (view.spec.flows ?? []).flatMap((flow, index) => {
    const from = endsOf(view, reach, flow.from);
    const to = serving(reach, endsOf(view, reach, flow.to), flow);
    const name = flowName(flow);
    const placeless = [flow.from, flow.to].find((_, end) => (end === 0 ? from : to).length === 0);
    if (placeless !== undefined) return [{ name, index, flows: [], placeless }];
    const flows = pairs(from, to).map(([sender, receiver]) => ({
      name: `${sender.label} -> ${receiver.label} : ${flow.protocol}${flow.port === undefined ? '' : ` ${flow.port}`}`,
      from: sender.any,
      to: receiver.any,
      protocol: flow.protocol,
      ports: flow.port === undefined ? [] : podPorts(reach, receiver.any, flow.protocol, flow.port),
    }));
    return flows.length === 0 ? [] : [{ name, index, flows }];
  });
}

export function flowName({ from, to, protocol, port }: SpecFlow): string {
  return `${from} -> ${to} : ${protocol}${port === undefined ? '' : ` ${port}`}`;
}

/** One end of a flow: a workload, or addresses of which any may be meant. */
export interface End {
  readonly label: string;
  readonly any: readonly Endpoint[];
}

/** The ends that a reference of the spec stands for; none when nothing says where it is. */
export function endsOf(view: PlatformView, reach: Reachability, reference: string): End[] {
  const [kind = '', name = ''] = reference.split('/');
  switch (kind) {
    case 'internet':
      return [{ label: 'internet', any: [INTERNET, ...balancers(view)] }];
    case 'service':
      return [...workloadEnds(reach, view.service(name)?.workloads ?? []), ...operatedEnds(view, reach, name)];
    case 'store': {
      const store = view.store(name);
      const workloads = store === undefined ? [] : workloadsOfStore(view, store);
      return workloads.length > 0 || store?.managed === undefined
        ? workloadEnds(reach, workloads)
        : tierEnds(view, reference, 'data');
    }
    case 'subnet':
      return addressEnds(reference, view.spec.subnets.find((subnet) => subnet.name === name)?.cidrs ?? []);
    default: {
      const external = view.spec.externals.find((one) => one.name === name);
      if (external !== undefined && external.cidrs.length > 0) return addressEnds(reference, external.cidrs);
      if (external === undefined) return [];
      const hosts: Endpoint[] = external.hosts.length === 0 ? [] : [{ kind: 'hosts', names: external.hosts }];
      return [{ label: reference, any: [INTERNET, ...balancers(view), ...hosts] }];
    }
  }
}

/** A managed store has its addresses in one of the subnets for data. */
function tierEnds({ spec }: PlatformView, label: string, wanted: string): End[] {
  const any = spec.subnets
    .filter(({ tier }) => tier === wanted)
    .flatMap(({ cidrs }) => cidrs.flatMap((cidr) => outside(cidr) ?? []));
  return any.length === 0 ? [] : [{ label, any }];
}

/** Of a receiver's workloads those that serve the port: behind a Service that has it, or with a container that lists it. All, if none does. */
function serving(reach: Reachability, ends: readonly End[], { protocol, port }: SpecFlow): readonly End[] {
  if (port === undefined) return ends;
  const serve = ends.filter(({ any }) =>
    any.some(
      (end) =>
        end.kind !== 'pods' ||
        servicePorts(reach, end, protocol, port).length > 0 ||
        end.pods.ports?.some((listed) => listed.port === port && listed.protocol === protocol) === true,
    ),
  );
  return serve.length === 0 ? ends : serve;
}

/** Where load balancers stand that hand traffic of the internet on under their own addresses. */
function balancers({ spec }: PlatformView): Endpoint[] {
  return spec.subnets.filter(({ tier }) => tier === 'public').flatMap(({ cidrs }) => outside(...cidrs) ?? []);
}

function workloadEnds(reach: Reachability, workloads: readonly Workload[]): End[] {
  return workloads.flatMap((workload) => {
    const id = podsId(workload);
    const pods = podsOf(reach, id);
    return pods === undefined ? [] : [{ label: id, any: [pods] }];
  });
}

/** Pods of a service that the Prometheus operator makes: they are no workloads of the repository. */
function operatedEnds({ spec }: PlatformView, reach: Reachability, name: string): End[] {
  const references = spec.services.find((service) => service.name === name)?.workloads ?? [];
  return references
    .filter(({ kind }) => kind === 'Prometheus' || kind === 'Alertmanager')
    .flatMap(({ kind, namespace, name: own }) =>
      reach.classes.all
        .flatMap(({ members }) => members)
        .filter(
          ({ id }) => id.endsWith(`/${own}[${kind}]`) && (namespace === undefined || id.startsWith(`${namespace}/`)),
        )
        .flatMap(({ id }) => {
          const pods = podsOf(reach, id);
          return pods === undefined ? [] : [{ label: id, any: [pods] }];
        }),
    );
}

function addressEnds(label: string, cidrs: readonly string[]): End[] {
  const found = outside(...cidrs);
  return found === undefined ? [] : [{ label, any: [found] }];
}

function pairs(from: readonly End[], to: readonly End[]): [End, End][] {
  const inCluster = ({ any }: End): boolean => any.some(({ kind }) => kind === 'pods');
  return from.flatMap((sender) =>
    to.filter((receiver) => inCluster(sender) || inCluster(receiver)).map((receiver): [End, End] => [sender, receiver]),
  );
}

/** A flow names the port that is dialled: a Service's, which leads to a port of its pods, or else the pods' own. */
export function podPorts(
  reach: Reachability,
  ends: readonly Endpoint[],
  protocol: Protocol,
  port: number,
): readonly number[] {
  const found = ends.flatMap((end) => (end.kind === 'pods' ? servicePorts(reach, end, protocol, port) : []));
  return found.length === 0 ? [port] : [...new Set(found)];
}

function servicePorts(
  reach: Reachability,
  { pods }: Endpoint & { kind: 'pods' },
  protocol: Protocol,
  port: number,
): number[] {
  return reach
    .services(pods.namespace.name)
    .filter((service) => selectedBy(reach, service).includes(pods))
    .flatMap((service) => serviceTargets(reach, service, port))
    .filter((target) => target.pods === pods && target.protocol === protocol)
    .map((target) => target.port);
}
