import type { Query, Subject } from '../../model/control.ts';
import { cursor, podSpec, workloadName, type Workload } from '../../model/kube.ts';
import type { At } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { isLongRunning, workloadsOf } from '../../model/subjects.ts';
import type { DisruptedWorkload } from '../../proofs/disruption/index.ts';
import { readDisruption } from '../../proofs/disruption/read/index.ts';
import { accountOf, whyNoAccount } from '../../proofs/identity/index.ts';
import { openAbout, unmetBy, type Unmet } from './config-maps.ts';
import { refusedVolumes, type RefusedPods } from './volumes.ts';

/** A workload with what its rollout depends on. */
export interface Rolled {
  readonly workload: DisruptedWorkload;
  /** `spec.revisionHistoryLimit`; absent: the default of 10. */
  readonly history?: At<number>;
  /** A claim that only one node, or one pod, can mount at a time. */
  readonly singleMount?: { readonly claim: string; readonly mode: string };
  /** A claim that no object here makes, so that who can mount it at a time is not known. */
  readonly unknownMount?: string;
  /** Keys of ConfigMaps that its pods ask for and that are not there; absent where none is missing. */
  readonly unmet?: readonly Unmet[];
  /** Why the API server refuses its pods; absent where it takes them. */
  readonly refused?: readonly RefusedPods[];
  readonly unclear?: string;
}

export function rollouts(subject: Subject): Query<Rolled[]> {
  return (view) =>
    workloadsOf(view, subject)
      .filter(isLongRunning)
      .map((workload) => rolled(view, workload));
}

function rolled(view: PlatformView, workload: Workload): Rolled {
  const { input, unclear: several } = readDisruption(view, workload);
  const missing = unmetBy(view, workload);
  const unclear = several ?? openAbout(workload, missing) ?? withoutAccount(view, workload);
  const unmet = missing.filter(({ keys }) => keys.length > 0);
  const refused = refusedVolumes(workload);
  const limit = cursor(workload.object).get('spec', 'revisionHistoryLimit');
  const history = limit.integer();
  const mounts = workload.kind === 'Deployment' ? mountsOf(view, workload) : {};
  return {
    workload: input.workload,
    ...(history !== undefined && { history: limit.at(history) }),
    ...mounts,
    ...(unmet.length > 0 && { unmet }),
    ...(refused.length > 0 && { refused }),
    ...(unclear !== undefined && { unclear }),
  };
}

/** Made by somebody else, or by nobody: then the API server refuses each pod. */
function withoutAccount(view: PlatformView, workload: Workload): string | undefined {
  const why = whyNoAccount(view, accountOf(workload).value);
  return why === undefined ? undefined : `pods of ${workloadName(workload)} do not start without ${why}`;
}

/** The first claim of the pods that an old and a new pod on different nodes cannot both mount; else the first of which that is not known. */
function mountsOf(view: PlatformView, workload: Workload): Pick<Rolled, 'singleMount' | 'unknownMount'> {
  const claims = podSpec(workload)
    .get('volumes')
    .items()
    .flatMap((volume) => volume.get('persistentVolumeClaim', 'claimName').string() ?? [])
    .map((claim) => ({ claim, modes: accessModes(view, workload.namespace, claim) }));
  for (const { claim, modes } of claims) {
    const mode = modes.every((one) => one.startsWith('ReadWriteOnce')) ? modes[0] : undefined;
    if (mode !== undefined) return { singleMount: { claim, mode } };
  }
  const unknown = claims.find(({ modes }) => modes.length === 0);
  return unknown === undefined ? {} : { unknownMount: unknown.claim };
}

/** None where no object here makes the claim. */
function accessModes(view: PlatformView, namespace: string, claim: string): readonly string[] {
  const object = view.objects('PersistentVolumeClaim', namespace).find(({ name }) => name === claim);
  return object === undefined ? [] : cursor(object).get('spec', 'accessModes').strings();
}
