import { containers, podSpec, type Workload } from '../../../model/kube.ts';
import type { ContainerPort, PodsInput } from '../types.ts';
import { protocolAt } from './policies.ts';
import { readOrRefuse } from './refused.ts';

/** `shop/api[Deployment]`, as the map names a workload. */
export function podsId({ kind, namespace, name }: Pick<Workload, 'kind' | 'namespace' | 'name'>): string {
  return `${namespace}/${name}[${kind}]`;
}

/** The pods of a workload. Ports of a template that cannot be read are not known. */
export function readPods(workload: Workload): PodsInput {
  const spec = readOrRefuse(() => ({
    hostNetwork: podSpec(workload).get('hostNetwork').boolean() === true,
    ports: portsOf(workload),
  }));
  return {
    id: podsId(workload),
    namespace: workload.namespace,
    labels: labelsOf(workload),
    hostNetwork: 'value' in spec && spec.value.hostNetwork,
    ports: 'value' in spec ? spec.value.ports : undefined,
    origin: workload.object.origin,
  };
}

/** The template's labels, and those that the Job controller adds (kubernetes `pkg/controller/job/utils.go`, batch/v1 `types.go`). */
function labelsOf({ kind, name, podLabels }: Workload): PodsInput['labels'] {
  if (kind !== 'Job') return podLabels;
  return { 'job-name': name, 'batch.kubernetes.io/job-name': name, ...podLabels };
}

/** Ports of what runs for as long as the pod: containers and native sidecars. */
function portsOf(workload: Workload): ContainerPort[] {
  return containers(workload)
    .filter(({ role }) => role !== 'init')
    .flatMap(({ at }) => at.get('ports').items())
    .flatMap((at) => {
      const port = at.get('containerPort').integer();
      const name = at.get('name').string();
      if (port === undefined) return [];
      return [{ protocol: protocolAt(at.get('protocol')), port, ...(name === undefined ? {} : { name }) }];
    });
}
