import type { Query, Subject } from '../../model/control.ts';
import { cursor, podSpec, type Workload } from '../../model/kube.ts';
import type { At } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { isLongRunning, workloadsOf } from '../../model/subjects.ts';
import type { DisruptedWorkload } from '../../proofs/disruption/index.ts';
import { readDisruption } from '../../proofs/disruption/read/index.ts';

/** A workload with what its rollout depends on. */
export interface Rolled {
  readonly workload: DisruptedWorkload;
  /** `spec.revisionHistoryLimit`; absent: the default of 10. */
  readonly history?: At<number>;
  /** A claim that only one node, or one pod, can mount at a time. */
  readonly singleMount?: { readonly claim: string; readonly mode: string };
  readonly unclear?: string;
}

export function rollouts(subject: Subject): Query<Rolled[]> {
  return (view) =>
    workloadsOf(view, subject)
      .filter(isLongRunning)
      .map((workload) => rolled(view, workload));
}

function rolled(view: PlatformView, workload: Workload): Rolled {
  const { input, unclear } = readDisruption(view, workload);
  const limit = cursor(workload.object).get('spec', 'revisionHistoryLimit');
  const history = limit.integer();
  const mount = workload.kind === 'Deployment' ? singleMount(view, workload) : undefined;
  return {
    workload: input.workload,
    ...(history !== undefined && { history: limit.at(history) }),
    ...(mount !== undefined && { singleMount: mount }),
    ...(unclear !== undefined && { unclear }),
  };
}

/** The first claim of the pods that cannot be mounted by an old and a new pod on different nodes. */
function singleMount(view: PlatformView, workload: Workload): Rolled['singleMount'] {
  const claims = podSpec(workload)
    .get('volumes')
    .items()
    .flatMap((volume) => volume.get('persistentVolumeClaim', 'claimName').string() ?? []);
  for (const claim of claims) {
    const object = view.objects('PersistentVolumeClaim', workload.namespace).find(({ name }) => name === claim);
    const modes = object === undefined ? [] : cursor(object).get('spec', 'accessModes').strings();
    const mode = modes.every((one) => one.startsWith('ReadWriteOnce')) ? modes[0] : undefined;
    if (mode !== undefined) return { claim, mode };
  }
  return undefined;
}
