import { containers, workloadName, type Workload } from '../../../../model/kube.ts';
import type { PlatformView, Service } from '../../../../model/platform.ts';
import { isLongRunning } from '../../../../model/subjects.ts';
import { isKnown, type Figure, type Known } from '../../figure.ts';
import { takes } from '../../nodes/fit.ts';
import { readDemand } from '../../nodes/read-demand.ts';
import { sizedPools } from '../../nodes/sized-pools.ts';
import type { PodDemand } from '../../nodes/types.ts';
import { readPeak } from '../../read-pods.ts';
import type { Client } from '../types.ts';
import type { Target } from './hosts.ts';
import { inFiles } from './files.ts';
import { processesOf } from './processes.ts';
import { inEnvironment, type FoundPool } from './settings.ts';

/** Everything that connects to the target: workloads whose settings name it, and services that the spec says connect. */
export function clientsOf(view: PlatformView, target: Target, own: readonly Workload[]): Client[] {
  const others = view.workloads().filter((workload) => !own.includes(workload));
  const found = others.flatMap((workload) => clientOf(view, workload, target));
  const silent = view
    .services()
    .filter(
      (service) =>
        service.declared &&
        !service.workloads.some((workload) => own.includes(workload)) &&
        saysSo(view, service, target) &&
        !service.workloads.some((workload) => found.some(({ id }) => id === workloadName(workload))),
    );
  return [...found, ...silent.map((service) => silentClient(service, target))];
}

function clientOf(view: PlatformView, workload: Workload, target: Target): Client[] {
  const service = view.services().find((candidate) => candidate.declared && candidate.workloads.includes(workload));
  const declared = speaksFor(service, workload)
    ? service?.spec.connections?.find(({ to }) => to === target.id)
    : undefined;
  const pools = [...inEnvironment(view, workload, target), ...inFiles(view, workload, target)];
  if (declared === undefined && pools.length === 0) return [];
  const pool = poolOf(
    workload,
    pools,
    declared && { value: declared.pool, from: `connections of service/${service?.name} in launchgate.yaml` },
  );
  const user = declared?.user ?? onlyOne(pools.map((one) => one.user));
  const database = declared?.database ?? onlyOne(pools.map((one) => one.database));
  return [
    {
      id: workloadName(workload),
      pods: podsOf(view, workload),
      pool,
      processes: declared?.processes ?? processesOf(view, workload),
      ...(user !== undefined && { user }),
      ...(database !== undefined && { database }),
      origin: (isKnown<Known>(pool) ? pool.origin : undefined) ?? workload.object.origin,
    },
  ];
}

/** What a service declares is about what runs for ever; about its jobs where it has nothing else. */
function speaksFor(service: Service | undefined, workload: Workload): boolean {
  return isLongRunning(workload) || service?.workloads.some(isLongRunning) !== true;
}

/** A DaemonSet runs on as many nodes as the pools that take it may have. */
function podsOf(view: PlatformView, workload: Workload): Client['pods'] {
  if (workload.kind !== 'DaemonSet') return readPeak(view, workload);
  const demand = readDemand(view, workload);
  const pools = sizedPools(view).filter((pool) => isKnown<PodDemand>(demand) && takes(pool, demand));
  const counted = pools.length > 0 && pools.every(({ max, elastic }) => max > 0 && elastic !== true);
  return readPeak(view, workload, counted ? pools.reduce((sum, { max }) => sum + max, 0) : undefined);
}

/** Pools of containers that run side by side add up; an init container is gone before they start. What is declared fills a gap, and never hides more. */
function poolOf(workload: Workload, pools: readonly FoundPool[], declared: Known | undefined): Figure {
  const init = containers(workload)
    .filter(({ role }) => role === 'init')
    .map(({ name }) => name);
  const known = pools.map(({ pool }) => pool).filter(isKnown<Known>);
  const open = pools.map(({ pool }) => pool).find((pool) => !isKnown<Known>(pool));
  if (open !== undefined && declared === undefined) return open;
  const sum = (those: readonly FoundPool[]): number =>
    those.reduce((total, { pool }) => total + (isKnown<Known>(pool) ? pool.value : 0), 0);
  const value = Math.max(
    sum(pools.filter(({ container }) => !init.includes(container))),
    ...pools.filter(({ container }) => init.includes(container)).map((one) => sum([one])),
  );
  if (declared !== undefined && declared.value >= value) return declared;
  const [first] = known;
  return {
    value,
    from: known.map(({ from }) => from).join(' + '),
    ...(first?.origin !== undefined && { origin: first.origin }),
  };
}

/** Several users or databases of one workload are not told apart. */
function onlyOne(values: readonly (string | undefined)[]): string | undefined {
  const [first] = values;
  return values.every((value) => value === first) ? first : undefined;
}

function saysSo(view: PlatformView, service: Service, target: Target): boolean {
  const id = `service/${service.name}`;
  return (view.spec.flows ?? []).some(({ from, to }) => from === id && to === target.id);
}

function silentClient({ name }: Service, target: Target): Client {
  const open = {
    unknown: `how many connections service/${name} opens to ${target.id}`,
    declare: `Declare under connections of service/${name} { to: ${target.id}, pool: … }`,
  };
  return { id: `service/${name}`, pods: open, pool: open, processes: 1 };
}
