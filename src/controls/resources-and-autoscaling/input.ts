import type { Query, Subject } from '../../model/control.ts';
import type { PlatformView } from '../../model/platform.ts';
import { runningServices, theEnvironment, workloadsOf } from '../../model/subjects.ts';
import { environmentCapacity } from './read-environment.ts';
import { readWorkload } from '../../proofs/resources/read-workload.ts';
import type { Capacity } from './types.ts';

/** Every service; and the environment, for quotas and for autoscalers that belong to no workload. */
export function servicesAndCapacity(view: PlatformView): Subject[] {
  const kinds = ['ResourceQuota', 'HorizontalPodAutoscaler', 'ScaledObject.keda.sh'];
  const shared = kinds.some((kind) => view.objects(kind).length > 0);
  return [...runningServices(view), ...(shared ? theEnvironment(view) : [])];
}

export function capacity(subject: Subject): Query<Capacity> {
  return (view) => {
    if (subject.kind === 'environment') return environmentCapacity(view);
    const kind = view.service(subject.name)?.spec.kind;
    return {
      about: 'service',
      ...(kind !== undefined && { serviceKind: kind }),
      workloads: workloadsOf(view, subject).map((workload) => readWorkload(view, workload)),
    };
  };
}
