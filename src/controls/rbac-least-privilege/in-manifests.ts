import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { At } from '../../model/origin.ts';
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
  const within = kind === 'RoleBinding' ? (namespace ?? 'default') : undefined;
  const reference = cursor(binding).get('roleRef');
  return {
    title: `${kind} ${name}`,
    role: roleName(reference.get('kind').string(), reference.get('name').string() ?? '', namespace),
    holders: subjectsOf(binding).map((subject) => readHolder(subject, within)),
    ...(within === undefined ? {} : { namespace: within }),
    origin: reference.origin,
  };
}

function subjectsOf(binding: KubeObject): Cursor[] {
  return cursor(binding).get('subjects').items();
}

/** Within a namespace a service account is of that one, where it names none. */
function readHolder(subject: Cursor, within: string | undefined): string {
  const [kind = '', name = '', own = within] = ['kind', 'name', 'namespace'].map((key) => subject.get(key).string());
  return isNowhere(subject, within) ? `${kind} ${name}` : holderOf(kind, name, own);
}

function isNowhere(subject: Cursor, within?: string): boolean {
  return (
    subject.get('kind').string() === 'ServiceAccount' && (subject.get('namespace').string() ?? within ?? '') === ''
  );
}

/** Bindings of the whole cluster to a service account of no namespace, which the API server refuses: `ValidateClusterRoleBinding`. */
export function refusedBindings(view: PlatformView): At<string>[] {
  return view.objects('ClusterRoleBinding').flatMap((binding) =>
    subjectsOf(binding)
      .filter((subject) => isNowhere(subject))
      .map((subject) =>
        subject.at(
          `the API server refuses ClusterRoleBinding ${binding.name}: its ServiceAccount ${subject.get('name').string() ?? ''} names no namespace`,
        ),
      ),
  );
}
