import type { Query, Subject } from '../../model/control.ts';
import { seconds } from '../../model/duration.ts';
import type { Workload } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { ServiceSpec, Spec, StoreSpec } from '../../model/spec.ts';
import { isLongRunning, theEnvironment, workloadsOfStore } from '../../model/subjects.ts';
import { isKnown, type Unknown } from '../../proofs/capacity/figure.ts';
import type { Part } from '../../proofs/capacity/load/saturation.ts';
import type { Calls } from '../../proofs/capacity/load/rates.ts';
import { readDemand, readDemands } from '../../proofs/capacity/nodes/read-demand.ts';
import { sizedPools } from '../../proofs/capacity/nodes/sized-pools.ts';
import type { SizedPool, PodDemand } from '../../proofs/capacity/nodes/types.ts';
import { podsAt, type Peak } from '../../proofs/capacity/pods.ts';
import { readPeak } from '../../proofs/capacity/read-pods.ts';

/** A service or store as it is sized, with or without a declared capacity. */
export interface Layer {
  readonly id: string;
  readonly kind: string;
  readonly owner?: string;
  readonly measured?: string;
  /** False where `measured` is a path that the repository does not have. */
  readonly measuredExists: boolean;
  readonly ephemeral: boolean;
  /** Its pods ask for a GPU. */
  readonly gpu: boolean;
  readonly replicas?: { readonly fewest: number; readonly most: number; readonly setBy: string };
  readonly part?: Part;
  readonly objectives?: Objectives;
}

/** What its SLOs promise to callers. */
export interface Objectives {
  /** Percent of the requests that are answered. */
  readonly availability?: number;
  /** So many percent of them within so many seconds. */
  readonly latency?: { readonly percent: number; readonly seconds: number };
}

export interface Sizing {
  /** Share of the declared loads that this environment has to carry. */
  readonly share: number;
  readonly layers: readonly Layer[];
  readonly pools: readonly SizedPool[];
  readonly demands: readonly (PodDemand | Unknown)[];
  readonly externals: readonly {
    readonly name: string;
    readonly hosts: readonly string[];
    readonly rateLimit?: string;
  }[];
  readonly calls: readonly (Calls & { readonly to: string })[];
}

/** What load there is nobody can tell without a spec; and nobody promises any for what is made for work and tests. */
export function declaredEnvironment(view: PlatformView): Subject[] {
  const promised = view.environment.kind === 'production' || view.environment.kind === 'staging';
  return view.provisional || !promised ? [] : theEnvironment(view);
}

export function sizing(): Query<Sizing> {
  return (view) => ({
    share: view.environment.load ?? 1,
    layers: [
      ...view.spec.services.map((service) => serviceLayer(view, service)),
      ...view.spec.stores.map((store) => storeLayer(view, store)),
    ],
    pools: sizedPools(view),
    demands: readDemands(view),
    externals: view.spec.externals.map(({ name, hosts, rateLimit }) => ({
      name,
      hosts,
      ...(rateLimit && { rateLimit }),
    })),
    calls: view.spec.services.flatMap((service) => callsOf(view, service)),
  });
}

function serviceLayer(view: PlatformView, service: ServiceSpec): Layer {
  const workloads = (view.service(service.name)?.workloads ?? []).filter(isLongRunning);
  const objectives = objectivesOf(view.spec.slos.filter((slo) => slo.service === service.name));
  return {
    ...layer(
      view,
      { ...service, id: `service/${service.name}`, kind: service.kind ?? 'service', ephemeral: false },
      workloads,
    ),
    ...(objectives !== undefined && { objectives }),
  };
}

function storeLayer(view: PlatformView, store: StoreSpec): Layer {
  return layer(
    view,
    { ...store, id: `store/${store.name}`, ephemeral: store.ephemeral !== undefined },
    workloadsOfStore(view, store),
  );
}

function objectivesOf(slos: Spec['slos']): Objectives | undefined {
  const available = slos.find(({ kind }) => kind === 'availability');
  const quick = slos.find(({ kind, threshold }) => kind === 'latency' && threshold !== undefined);
  if (available === undefined && quick === undefined) return undefined;
  return {
    ...(available !== undefined && { availability: available.objective }),
    ...(quick?.threshold !== undefined && { latency: { percent: quick.objective, seconds: seconds(quick.threshold) } }),
  };
}

type Sized = Pick<ServiceSpec, 'owner' | 'capacity'> & {
  readonly id: string;
  readonly kind: string;
  readonly ephemeral: boolean;
};

function layer(
  view: PlatformView,
  { id, kind, owner, capacity, ephemeral }: Sized,
  workloads: readonly Workload[],
): Layer {
  const replicas = replicasOf(view, workloads);
  const measured = capacity?.measured;
  return {
    id,
    kind,
    ephemeral,
    measuredExists:
      measured === undefined || !/^[\w.-]+(?:\/[\w.-]+)+$/.test(measured) || view.files().includes(measured),
    gpu: workloads.some((workload) => needsGpu(view, workload)),
    ...(owner !== undefined && { owner }),
    ...(measured !== undefined && { measured }),
    ...(replicas !== undefined && { replicas }),
    ...(capacity !== undefined && {
      part: {
        id,
        unit: capacity.unit,
        ...loads(capacity, view.environment.load ?? 1),
        ...(replicas !== undefined && { replicas }),
      },
    }),
  };
}

function loads(
  { perReplica, total, current, peak }: NonNullable<ServiceSpec['capacity']>,
  share: number,
): Pick<Part, 'perReplica' | 'total' | 'current' | 'peak'> {
  return {
    peak: peak * share,
    ...(perReplica !== undefined && { perReplica }),
    ...(total !== undefined && { total }),
    ...(current !== undefined && { current: current * share }),
  };
}

/** Replicas of all its workloads, without surge: what a rollout adds carries no more than what it replaces. */
function replicasOf(view: PlatformView, workloads: readonly Workload[]): Layer['replicas'] {
  const peaks = workloads.map((workload) => readPeak(view, workload)).filter(isKnown<Peak>);
  const [first] = peaks;
  if (first === undefined || peaks.length < workloads.length) return undefined;
  return {
    fewest: peaks.reduce((sum, { fewest }) => sum + fewest, 0),
    most: peaks.reduce((sum, { replicas }) => sum + replicas, 0),
    setBy: peaks.length === 1 ? (/\((.*)\)/.exec(first.from)?.[1] ?? first.from) : `${peaks.length} workloads`,
  };
}

function needsGpu(view: PlatformView, workload: Workload): boolean {
  const demand = readDemand(view, workload);
  return isKnown<PodDemand>(demand) && demand.each.gpus > 0;
}

function callsOf(view: PlatformView, service: ServiceSpec): (Calls & { to: string })[] {
  const peaks = (view.service(service.name)?.workloads ?? [])
    .filter(isLongRunning)
    .map((workload) => readPeak(view, workload));
  const known = peaks.filter(isKnown<Peak>);
  const replicas =
    known.length === peaks.length && known.length > 0 ? known.reduce((sum, peak) => sum + podsAt(peak), 0) : undefined;
  return (service.calls ?? []).map(({ to, rate, per }) => ({
    service: service.name,
    to,
    rate,
    per,
    ...(replicas !== undefined && { replicas }),
  }));
}
