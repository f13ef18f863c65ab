import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { At } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { readSelector, selects } from '../../model/selector.ts';
import { holderOf, roleName, type Binding, type Role, type Roles, type Rule } from './roles.ts';

/** The roles and bindings among the objects of an environment. */
export function rolesInManifests(view: PlatformView): Roles {
  const ofCluster = view.objects('ClusterRole');
  return {
    roles: [...ofCluster, ...view.objects('Role')].map((role) => readRole(role, ofCluster)),
    added: Object.entries(BUILT_IN).flatMap(([name, labels]) => addedTo(name, labels, ofCluster)),
    bindings: [...view.objects('ClusterRoleBinding'), ...view.objects('RoleBinding')].map(readBinding),
  };
}

function readRole(role: KubeObject, ofCluster: readonly KubeObject[]): Role {
  const { kind, name, namespace } = role;
  return { ...roleName(kind, name, namespace), rules: rulesOf(role, ofCluster, new Set()) };
}

/**
 * The rules of an aggregated role are those of the roles that it selects, whatever it says itself.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles
 */
function rulesOf(role: KubeObject, ofCluster: readonly KubeObject[], seen: Set<KubeObject>): readonly Rule[] {
  if (seen.has(role)) return [];
  seen.add(role);
  const aggregation = cursor(role).get('aggregationRule');
  if (role.kind !== 'ClusterRole' || !aggregation.exists) return cursor(role).get('rules').items().map(readRule);
  const selectors = aggregation
    .get('clusterRoleSelectors')
    .items()
    .flatMap((at) => readSelector(at) ?? []);
  const taken = ofCluster.filter(({ labels }) => selectors.some((selector) => selects(selector, labels)));
  if (taken.length === 0) return [unknownRule(role, aggregation)];
  return taken.flatMap((one) => rulesOf(one, ofCluster, seen));
}

function unknownRule({ name }: KubeObject, { origin }: Cursor): Rule {
  const unknown = `ClusterRole ${name} takes in other roles, of which none is here`;
  return { verbs: [], apiGroups: [], resources: ['${…}'], resourceNames: [], nonResourceURLs: [], unknown, origin };
}

/** Built-in roles, with the labels of what they take in: each takes in the one before. */
const BUILT_IN: Readonly<Record<string, readonly string[]>> = {
  view: ['view'],
  edit: ['edit', 'view'],
  admin: ['admin', 'edit', 'view'],
};

function addedTo(name: string, labels: readonly string[], ofCluster: readonly KubeObject[]): Role[] {
  const isTaken = (role: KubeObject): boolean =>
    labels.some((label) => role.labels[`rbac.authorization.k8s.io/aggregate-to-${label}`] === 'true');
  return ofCluster
    .filter((role) => role.name !== name && isTaken(role))
    .map((role) => ({ kind: 'ClusterRole', name, rules: rulesOf(role, ofCluster, new Set()) }));
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
