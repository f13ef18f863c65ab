import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { holderOf, roleName, type Binding, type Role, type Roles, type Rule } from './roles.ts';

/** The roles and bindings among the objects of an environment. */
export function rolesInManifests(view: PlatformView): Roles {
  return {
    roles: [...view.objects('ClusterRole'), ...view.objects('Role')].map(readRole),
    bindings: [...view.objects('ClusterRoleBinding'), ...view.objects('RoleBinding')].map(readBinding),
  };
}

function readRole(role: KubeObject): Role {
  const { kind, name, namespace } = role;
  return { ...roleName(kind, name, namespace), rules: cursor(role).get('rules').items().map(readRule) };
}

function readRule(rule: Cursor): Rule {
  return {
    verbs: rule.get('verbs').strings(),
    apiGroups: rule.get('apiGroups').strings(),
    resources: rule.get('resources').strings(),
    resourceNames: rule.get('resourceNames').strings(),
    nonResourceURLs: rule.get('nonResourceURLs').strings(),
    origin: rule.origin,
  };
}

function readBinding(binding: KubeObject): Binding {
  const { kind, name, namespace } = binding;
  const reference = cursor(binding).get('roleRef');
  return {
    title: `${kind} ${name}`,
    role: roleName(reference.get('kind').string(), reference.get('name').string() ?? '', namespace),
    holders: cursor(binding)
      .get('subjects')
      .items()
      .map((subject) => readHolder(subject, namespace)),
    ...(kind === 'RoleBinding' ? { namespace: namespace ?? 'default' } : {}),
    origin: reference.origin,
  };
}

function readHolder(subject: Cursor, namespace: string | undefined): string {
  const [kind, name, own] = ['kind', 'name', 'namespace'].map((key) => subject.get(key).string());
  return holderOf(kind ?? '', name ?? '', own ?? namespace);
}
