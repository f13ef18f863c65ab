import type { Cursor } from '../../model/cursor.ts';
import { containers, cursor, type KubeObject, type Workload } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Resizer } from './types.ts';

const RESOURCES = ['cpu', 'memory'];

/**
 * The VerticalPodAutoscalers of a workload that do more than recommend (`updateMode` Off).
 * https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/api.md
 */
export function resizersOf(view: PlatformView, workload: Workload): Resizer[] {
  return view
    .objects('VerticalPodAutoscaler.autoscaling.k8s.io', workload.namespace)
    .filter((object) => isFor(object, workload))
    .flatMap((object) => {
      const resources = RESOURCES.filter((resource) => changes(object, workload, resource));
      const id = `VerticalPodAutoscaler ${workload.namespace}/${object.name}`;
      return resources.length === 0 ? [] : [{ id, resources, origin: object.origin }];
    });
}

function isFor(object: KubeObject, { kind, name }: Workload): boolean {
  const target = cursor(object).get('spec', 'targetRef');
  return target.get('kind').string() === kind && target.get('name').string() === name;
}

function changes(object: KubeObject, workload: Workload, resource: string): boolean {
  const spec = cursor(object).get('spec');
  if (spec.get('updatePolicy', 'updateMode').string() === 'Off') return false;
  const policies = spec.get('resourcePolicy', 'containerPolicies').items();
  return containers(workload)
    .filter(({ role }) => role !== 'init')
    .some(({ name }) => controls(policyOf(policies, name), resource));
}

/** The policy of a container goes before the one for all (`*`). */
function policyOf(policies: readonly Cursor[], container: string): Cursor | undefined {
  const named = (name: string): Cursor | undefined =>
    policies.find((policy) => policy.get('containerName').string() === name);
  return named(container) ?? named('*');
}

function controls(policy: Cursor | undefined, resource: string): boolean {
  if (policy === undefined) return true;
  const listed = policy.get('controlledResources');
  return policy.get('mode').string() !== 'Off' && (!listed.exists || listed.strings().includes(resource));
}
