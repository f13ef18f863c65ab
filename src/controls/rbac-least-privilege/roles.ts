import type { Origin } from '../../model/origin.ts';

/** A rule of a role. What is not known of a list stands in it as `${…}`. */
export interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
  /** Why it cannot be told whether it grants more than it says here. */
  readonly unknown?: string;
  readonly origin: Origin;
}

export interface RoleName {
  readonly kind: 'ClusterRole' | 'Role';
  readonly name: string;
  /** Of a Role. */
  readonly namespace?: string;
}

export interface Role extends RoleName {
  readonly rules: readonly Rule[];
}

export interface Binding {
  /** `RoleBinding api`. */
  readonly title: string;
  /** Undefined: it cannot be told. */
  readonly role: RoleName | undefined;
  /** `ServiceAccount shop/api`, `Group system:authenticated`. */
  readonly holders: readonly string[];
  /** Namespace that it is limited to; undefined: the whole cluster. */
  readonly namespace?: string;
  /** Why it cannot be told who else holds it. */
  readonly open?: string;
  /** Of the reference to the role. */
  readonly origin: Origin;
}

/** Roles and bindings that are written in one place, and so for one cluster. */
export interface Roles {
  readonly roles: readonly Role[];
  readonly bindings: readonly Binding[];
  /** What is written here and Kubernetes adds to roles of its own, under their names. */
  readonly added?: readonly Role[];
}

/** Both the name of a role and a reference to it. */
export function roleName(kind: string | undefined, name: string, namespace = 'default'): RoleName {
  return kind === 'Role' ? { kind, name, namespace } : { kind: 'ClusterRole', name };
}

/** A holder as findings and `trusted` call it. */
export function holderOf(kind: string, name: string, namespace = 'default'): string {
  return kind === 'ServiceAccount' ? `${kind} ${namespace}/${name}` : `${kind} ${name}`;
}
