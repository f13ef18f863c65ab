import { below, type Origin } from '../../model/origin.ts';
import { parseQuantity } from '../../model/quantity.ts';
import { effective, refusal, type Effective } from '../../proofs/resources/effective.ts';
import { podRefusal } from '../../proofs/resources/pod-limits.ts';
import { ofPod } from '../../proofs/resources/pod-level.ts';
import { flaw, type Flaw } from './flaw.ts';
import type { Amounts, ContainerResources, WorkloadResources } from '../../proofs/resources/types.ts';
import type { Params } from './types.ts';

/** What is wrong with the requests and limits of a workload's containers. */
export function containerFlaws(workload: WorkloadResources, params: Params): Flaw[] {
  const whole = wholePodFlaws(workload);
  if (whole.length > 0) return whole;
  return workload.containers.flatMap((container) => {
    const milli = milliMemory(workload, container);
    if (milli.length > 0) return milli;
    const refused = refusedFlaw(workload, container) ?? compelledFlaw(workload, container);
    if (refused !== undefined) return [refused];
    return container.role === 'init' ? [] : missingFlaws(workload, container, params);
  });
}

/** What a container has of its own, and else shares of what its pod has. */
function filledIn(workload: WorkloadResources, container: ContainerResources): Effective {
  const { requests, limits } = effective(container, workload.limitRange);
  return {
    requests: { ...ofPod(workload, 'requests'), ...requests },
    limits: { ...ofPod(workload, 'limits'), ...limits },
  };
}

function refusedFlaw(workload: WorkloadResources, container: ContainerResources): Flaw | undefined {
  const reason = refusal(container, workload.limitRange);
  if (reason === undefined) return undefined;
  const message = `${nameOf(workload, container)} is refused: ${reason}`;
  return flaw(
    'high',
    message,
    'Bring request and limit within each other and within the LimitRange.',
    resourcesOf(container),
  );
}

/** A LimitRange over pods counts their containers together. */
function wholePodFlaws(workload: WorkloadResources): Flaw[] {
  const reason = podRefusal(workload);
  if (reason === undefined) return [];
  const remediation = 'Bring the containers together within the LimitRange, or widen it.';
  return [flaw('high', `the pods of ${workload.id} are refused: together, ${reason}`, remediation, workload.origin)];
}

/** A quota of the namespace refuses pods that do not state what it counts (`PodEvaluator.Constraints`). */
function compelledFlaw(workload: WorkloadResources, container: ContainerResources): Flaw | undefined {
  const filled = filledIn(workload, container);
  const missing = workload.compelled.find((name) => {
    const [kind, resource = ''] = name.split('.');
    return (kind === 'requests' ? filled.requests : filled.limits)[resource] === undefined;
  });
  if (missing === undefined) return undefined;
  const message = `${nameOf(workload, container)} states no ${missing}, and a ResourceQuota of its namespace refuses pods without it`;
  return flaw(
    'high',
    message,
    `Set ${missing} on the container, or a default in a LimitRange.`,
    resourcesOf(container),
  );
}

function missingFlaws(workload: WorkloadResources, container: ContainerResources, params: Params): Flaw[] {
  const { requests, limits } = filledIn(workload, container);
  const wanted: [string, Amounts, string][] = [
    ['request of cpu', requests, 'cpu'],
    ['request of memory', requests, 'memory'],
    ['limit of memory', limits, 'memory'],
    ...(params.cpuLimits ? [['limit of cpu', limits, 'cpu'] as [string, Amounts, string]] : []),
  ];
  const missing = wanted.filter(([, amounts, resource]) => isNone(amounts[resource])).map(([name]) => name);
  if (missing.length === 0) return [];
  const none = Object.keys(requests).length === 0 && Object.keys(limits).length === 0;
  const effect = none ? ': it is placed blindly and is the first to be killed when memory runs out' : '';
  const message = `${nameOf(workload, container)} has no ${listed(missing)}${effect}`;
  const remedy = 'Set requests to what it uses at normal load and a memory limit above what it uses at most.';
  const kinds = new Set(missing.map((name) => (name.startsWith('limit') ? 'limits' : 'requests')));
  const [kind] = kinds;
  const isGone = kinds.size === 1 && kind !== undefined && Object.keys(container[kind]).length === 0;
  const origin = isGone ? below(resourcesOf(container), kind) : resourcesOf(container);
  return [flaw('medium', message, remedy, origin, { fromAbsence: true })];
}

/** A request or limit of nothing is none. */
function isNone(quantity: string | undefined): boolean {
  return quantity === undefined || parseQuantity(quantity) === 0n;
}

/** `512m` of memory is half a byte: the suffix of CPU, where `Mi` was meant. */
function milliMemory(workload: WorkloadResources, container: ContainerResources): Flaw[] {
  return (['requests', 'limits'] as const).flatMap((kind) => {
    const text = container[kind]['memory'];
    if (text === undefined || !/\dm$/.test(text)) return [];
    const origin = below(resourcesOf(container), kind, 'memory');
    const message = `${nameOf(workload, container)} has ${text} of memory as its ${kind === 'requests' ? 'request' : 'limit'}: thousandths of a byte`;
    const value = `${text.slice(0, -1)}Mi`;
    const mends = parseQuantity(value) !== undefined;
    const patches = [{ op: 'set', origin, value, reason: 'm is a thousandth, Mi was meant' } as const];
    return [flaw('high', message, 'Write Mi for mebibytes.', origin, mends ? { patches } : {})];
  });
}

function nameOf({ id }: Pick<WorkloadResources, 'id'>, { container, role }: ContainerResources): string {
  return `${role === 'main' ? '' : `${role} `}container ${container} of ${id}`;
}

function resourcesOf(container: ContainerResources): Origin {
  return below(container.origin, 'resources');
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
