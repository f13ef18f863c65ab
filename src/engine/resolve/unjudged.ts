/** What makes pods and cannot be judged as what will run: kinds nobody reads, pod templates that are none, versions that the API server refuses. */
import { cursor, podSpec, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { Gap } from '../../model/platform.ts';
import { removalOf } from '../../model/removed-versions.ts';
import { longestPause } from '../../model/schedule.ts';
import { titleOf, type Place, type Readable, type Stranger } from './readable.ts';

/** Versions in which workloads are served. */
const SERVED = /^(?:v1|apps\/v1|batch\/v1|argoproj\.io\/.*)$/;

/** One gap for each, about the service that it belongs to. */
export function unjudged(
  { workloads, strangers }: Pick<Readable, 'workloads' | 'strangers'>,
  owners: ReadonlyMap<Workload | Stranger, string>,
  place: Place,
): Gap[] {
  return [
    ...strangers.map((one) => gapOf(one, one.because, one.fix, place(one.origin), owners.get(one))),
    ...workloads.flatMap((one) => {
      const { apiVersion, origin } = one.object;
      const wrong = refusedPods(one);
      if (SERVED.test(apiVersion))
        return wrong === undefined
          ? []
          : gapOf(one, `${titleOf(one)}: ${wrong.what}`, wrong.fix, place(wrong.origin), owners.get(one));
      const reason = `${titleOf(one)}: ${removalOf(apiVersion) ?? `Kubernetes refuses ${apiVersion}`}`;
      return gapOf(one, reason, 'Write it in a version that is served.', place(origin), owners.get(one));
    }),
  ];
}

interface Refusal {
  readonly what: string;
  readonly fix: string;
  readonly origin: Origin;
}

/**
 * What the API server refuses about the pods of a kind: a Job's must end, all others must not; and when a CronJob makes none.
 * `ValidateJobTemplateSpec`, `ValidatePodTemplateSpecForRC` and `validateCronJobSpec` of kubernetes pkg/apis.
 */
function refusedPods(workload: Workload): Refusal | undefined {
  if (workload.kind === 'Pod') return undefined;
  const ends = workload.kind === 'Job' || workload.kind === 'CronJob';
  const policy = podSpec(workload).get('restartPolicy');
  const named = policy.string() ?? 'Always';
  if (ends !== /^(?:OnFailure|Never)$/.test(named))
    return {
      what: `Kubernetes refuses restartPolicy ${named}${policy.exists ? '' : ', the default,'} for its pods`,
      fix: `Set restartPolicy to ${ends ? 'OnFailure or Never' : 'Always'}.`,
      origin: policy.origin,
    };
  const schedule = cursor(workload.object).get('spec', 'schedule');
  const text = workload.kind === 'CronJob' ? schedule.string() : undefined;
  if (text === undefined || longestPause(text) !== undefined) return undefined;
  return {
    what: `its schedule ${JSON.stringify(text)} is none that Kubernetes takes, or one that never comes`,
    fix: 'Write the schedule as five fields that come round.',
    origin: schedule.origin,
  };
}

function gapOf(
  { object }: Workload | Stranger,
  reason: string,
  fix: string,
  where: ReturnType<Place>,
  owner: string | undefined,
): Gap {
  const subject = owner === undefined ? {} : { subject: `service/${owner}` };
  return { ...where, deployable: object.deployable, reason, fix, hides: ['kubernetes'], ...subject };
}
