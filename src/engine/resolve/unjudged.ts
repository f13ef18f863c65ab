/** What makes pods and cannot be judged as what will run: kinds nobody reads, pod templates that are none, versions that the API server refuses. */
import type { Workload } from '../../model/kube.ts';
import type { Gap } from '../../model/platform.ts';
import { titleOf, type Place, type Readable, type Stranger } from './readable.ts';

/** Versions in which workloads are served. */
const SERVED = /^(?:v1|apps\/v1|batch\/v1|argoproj\.io\/.*)$/;

/** The Kubernetes that took a version no longer. https://kubernetes.io/docs/reference/using-api/deprecation-guide/ */
const REMOVED: Readonly<Record<string, string>> = {
  'extensions/v1beta1': '1.16',
  'apps/v1beta1': '1.16',
  'apps/v1beta2': '1.16',
  'batch/v2alpha1': '1.21',
  'batch/v1beta1': '1.25',
};

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
      if (SERVED.test(apiVersion)) return [];
      const since = Object.hasOwn(REMOVED, apiVersion) ? ` ${REMOVED[apiVersion]} and newer refuse` : ' refuses';
      const reason = `${titleOf(one)}: Kubernetes${since} ${apiVersion}`;
      return gapOf(one, reason, 'Write it in a version that is served.', place(origin), owners.get(one));
    }),
  ];
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
