/** Services that send to a port which the pods do not have: whoever connects is refused, always or as often as those pods are chosen. */
import { containers, cursor, workloadName, type KubeObject, type Workload } from '../../model/kube.ts';
import { below, type Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { servicesSelecting, workloadsBehind } from '../../model/service-pods.ts';
import { isLongRunning } from '../../model/subjects.ts';
import { portsOf, type Port } from '../../proofs/probes/index.ts';

/** A port of a Service that leads to nothing in the pods of a workload. */
export interface DeadPort {
  /** `Service shop/api`. */
  readonly service: string;
  readonly port: number;
  /** The name or number that it sends to. */
  readonly target: number | string;
  readonly protocol: string;
  readonly workload: string;
  /** Another workload behind the Service that lists the number; absent where it is a name, which no pod has. */
  readonly other?: string;
  readonly origin: Origin;
}

/** Those of the Services that select the pods of the workload. A headless Service answers with all of its pods, whatever its ports. */
export function deadPorts(view: PlatformView, workload: Workload): DeadPort[] {
  return servicesSelecting(view, workload)
    .filter((service) => service.apiVersion === 'v1' && cursor(service).get('spec', 'clusterIP').string() !== 'None')
    .flatMap((service) => deadPortsOf(service, workload, workloadsBehind(view, service).filter(isLongRunning)));
}

function deadPortsOf(service: KubeObject, workload: Workload, behind: readonly Workload[]): DeadPort[] {
  const spec = cursor(service).get('spec');
  return spec
    .get('ports')
    .items()
    .flatMap((at) => {
      const port = at.get('port').integer() ?? 0;
      const target = at.get('targetPort').integerOrString() ?? port;
      const protocol = at.get('protocol').string() ?? 'TCP';
      const having = behind.filter((one) => has(one, target, protocol));
      const [other] = having;
      // Only pods that have the name are endpoints. A number is sent to all of them, and need not be listed.
      const isDead = typeof target === 'string' ? isName(target) && other === undefined : other !== undefined;
      if (!isDead || having.includes(workload)) return [];
      return [
        {
          service: `Service ${service.namespace ?? 'default'}/${service.name}`,
          port,
          target,
          protocol,
          workload: workloadName(workload),
          ...(other !== undefined && { other: workloadName(other) }),
          origin: other === undefined ? below(at.origin, 'targetPort') : spec.get('selector').origin,
        },
      ];
    });
}

function has(workload: Workload, target: number | string, protocol: string): boolean {
  const fits = (port: Port): boolean =>
    port.protocol === protocol && (typeof target === 'string' ? port.name : port.number) === target;
  return containers(workload).some(({ at, role }) => role !== 'init' && portsOf(at).some(fits));
}

/** The API server refuses a name without a letter. */
function isName(target: string): boolean {
  return /[a-z]/.test(target);
}
