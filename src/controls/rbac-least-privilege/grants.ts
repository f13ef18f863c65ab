import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';

/** One rule of a role together with who holds it and how far it reaches. */
export interface Grant {
  readonly role: string;
  /** `ServiceAccount shop/api`, `Group system:authenticated`. */
  readonly holders: readonly string[];
  /** Namespace that it is limited to; undefined: the whole cluster. */
  readonly namespace?: string;
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
  readonly origin: Origin;
}

/** A binding to a role that is not in the repository, such as the built-in `cluster-admin`. */
export interface ForeignBinding {
  readonly binding: string;
  readonly role: string;
  readonly kind: string;
  readonly holders: readonly string[];
  readonly namespace?: string;
  readonly origin: Origin;
}

/** Joins bindings with the roles they name. Roles that nobody holds grant nothing and are left out. */
export function readGrants(view: PlatformView): { grants: Grant[]; foreign: ForeignBinding[] } {
  const roles = new Map<string, KubeObject>();
  for (const role of view.objects('ClusterRole')) roles.set(`ClusterRole//${role.name}`, role);
  for (const role of view.objects('Role')) roles.set(`Role/${role.namespace ?? ''}/${role.name}`, role);
  const grants: Grant[] = [];
  const foreign: ForeignBinding[] = [];
  for (const binding of [...view.objects('ClusterRoleBinding'), ...view.objects('RoleBinding')]) {
    const scope = binding.kind === 'RoleBinding' ? { namespace: binding.namespace ?? 'default' } : {};
    const holders = holdersOf(binding);
    if (holders.length === 0) continue;
    const reference = cursor(binding).get('roleRef');
    const name = reference.get('name').string() ?? '';
    const isRole = reference.get('kind').string() === 'Role';
    const role = roles.get(isRole ? `Role/${binding.namespace ?? ''}/${name}` : `ClusterRole//${name}`);
    if (role === undefined)
      foreign.push({
        binding: `${binding.kind} ${binding.name}`,
        role: name,
        kind: isRole ? 'Role' : 'ClusterRole',
        holders,
        ...scope,
        origin: reference.origin,
      });
    else
      grants.push(
        ...cursor(role)
          .get('rules')
          .items()
          .map((rule) => ({ ...readRule(rule), role: `${role.kind} ${role.name}`, holders, ...scope }))
          .filter(grantsHere),
      );
  }
  return { grants, foreign };
}

/** URLs of the API server belong to no namespace: a RoleBinding grants none. */
function grantsHere({ namespace, resources }: Pick<Grant, 'namespace' | 'resources'>): boolean {
  return namespace === undefined || resources.length > 0;
}

function readRule(rule: Cursor): Omit<Grant, 'role' | 'holders' | 'namespace'> {
  return {
    verbs: rule.get('verbs').strings(),
    apiGroups: rule.get('apiGroups').strings(),
    resources: rule.get('resources').strings(),
    resourceNames: rule.get('resourceNames').strings(),
    nonResourceURLs: rule.get('nonResourceURLs').strings(),
    origin: rule.origin,
  };
}

function holdersOf(binding: KubeObject): string[] {
  return cursor(binding)
    .get('subjects')
    .items()
    .map((subject) => {
      const kind = subject.get('kind').string() ?? '';
      const name = subject.get('name').string() ?? '';
      const namespace = subject.get('namespace').string() ?? binding.namespace;
      return kind === 'ServiceAccount' ? `${kind} ${namespace ?? 'default'}/${name}` : `${kind} ${name}`;
    });
}
