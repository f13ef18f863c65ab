import { podSpec, workloadName, type Workload } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { podAmount } from '../../resources/pod-amount.ts';
import { readWorkload } from '../../resources/read-workload.ts';
import { isKnown, type Unknown } from '../figure.ts';
import { podsAt, type Peak } from '../pods.ts';
import { readPeak } from '../read-pods.ts';
import { tolerationsAt, type Room } from '../../nodes/index.ts';
import type { PodDemand } from './types.ts';

/** The pods of every workload at its most, with what each requests. Unknown where an autoscaler or a CronJob has no bound. */
export function readDemands(view: PlatformView): (PodDemand | Unknown)[] {
  return view.workloads().map((workload) => readDemand(view, workload));
}

export function readDemand(view: PlatformView, workload: Workload): PodDemand | Unknown {
  const everyNode = workload.kind === 'DaemonSet';
  const peak = everyNode ? undefined : readPeak(view, workload);
  if (peak !== undefined && !isKnown<Peak>(peak)) return peak;
  const spec = podSpec(workload);
  return {
    id: workloadName(workload),
    pods: peak === undefined ? 0 : podsAt(peak),
    everyNode,
    each: requestsOf(view, workload),
    nodeSelector: spec.get('nodeSelector').stringMap(),
    tolerations: tolerationsAt(spec.get('tolerations')),
    origin: workload.object.origin,
  };
}

const UNIT = 1_000_000_000n;

/** What the scheduler counts for one pod. */
function requestsOf(view: PlatformView, workload: Workload): Room {
  const read = readWorkload(view, workload);
  const devices = read.containers
    .flatMap(({ limits }) => Object.keys(limits))
    .find((name) => /\/(?:gpu|mig-)/.test(name));
  return {
    cpu: Number(podAmount(read, 'requests.cpu') / (UNIT / 1000n)),
    memory: Number(podAmount(read, 'requests.memory') / UNIT),
    gpus: devices === undefined ? 0 : Number(podAmount(read, `requests.${devices}`) / UNIT),
    pods: 1,
  };
}
