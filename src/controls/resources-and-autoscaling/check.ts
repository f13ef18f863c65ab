import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Result } from '../../model/result.ts';
import { autoscalingFlaws } from './autoscaling.ts';
import { containerFlaws } from './containers.ts';
import type { Flaw } from './flaw.ts';
import { environmentFlaws, openQuota } from './quota.ts';
import type { Capacity, EnvironmentCapacity, Params, ServiceResources } from './types.ts';

export function check(subject: Subject, input: Capacity, params: Params): Result {
  return input.about === 'environment' ? checkEnvironment(input) : checkService(subject, input, params);
}

function checkService(subject: Subject, input: ServiceResources, params: Params): Result {
  const findings = serviceFlaws(input, params).map(({ finding }) => finding);
  const containers = input.workloads.flatMap((workload) => workload.containers);
  if (containers.length === 0) return inconclusive(`${subject.name} has no container to look at`);
  const scaled = input.workloads.filter(({ scalers }) => scalers.length > 0).length;
  const summary = `${containers.length} ${containers.length === 1 ? 'container' : 'containers'} with requests and memory limits, ${scaled} of ${input.workloads.length} workloads autoscaled`;
  return failOr(findings, summary, { containers: containers.length, autoscaled: scaled });
}

function checkEnvironment(input: EnvironmentCapacity): Result {
  const findings = environmentFlaws(input).map(({ finding }) => finding);
  const open = openQuota(input);
  if (findings.length === 0 && open !== undefined) return inconclusive(open);
  return failOr(
    findings,
    `${input.quotas.length} quotas hold all pods at their most, ${input.scalers} autoscalers have a target`,
    {
      quotas: input.quotas.length,
      autoscalers: input.scalers,
    },
  );
}

/** What is wrong with the workloads of one service. */
export function serviceFlaws({ workloads, serviceKind }: ServiceResources, params: Params): Flaw[] {
  return workloads.flatMap((workload) => [
    ...containerFlaws(workload, params),
    ...autoscalingFlaws(workload, serviceKind, params),
  ]);
}
