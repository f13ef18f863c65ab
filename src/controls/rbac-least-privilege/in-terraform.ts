import type { PlatformView } from '../../model/platform.ts';
import {
  isList,
  sketchOf,
  textOf,
  whyUnknown,
  type Body,
  type Configuration,
  type Resource,
} from '../../proofs/topology/evaluate/index.ts';
import { configurationsOf } from '../../proofs/topology/index.ts';
import { holderOf, roleName, type Binding, type Role, type RoleName, type Roles, type Rule } from './roles.ts';

/** Resources of Terraform's Kubernetes provider, by the kinds that they make; each is also there as `…_v1`. */
const ROLES = { kubernetes_cluster_role: 'ClusterRole', kubernetes_role: 'Role' } as const;
const BINDINGS = {
  kubernetes_cluster_role_binding: 'ClusterRoleBinding',
  kubernetes_role_binding: 'RoleBinding',
} as const;

/** The roles and bindings of each root, by the provider that makes them: each is for a cluster of its own. */
export function rolesInTerraform(view: PlatformView): Roles[] {
  return configurationsOf(view).flatMap((root) => {
    const roles = ofKinds(root, ROLES);
    const bindings = ofKinds(root, BINDINGS);
    const providers = new Set([...roles, ...bindings].map(({ resource }) => resource.provider));
    return [...providers].map((provider) => ({
      roles: roles.filter(({ resource }) => resource.provider === provider).map(readRole),
      bindings: bindings
        .filter(({ resource }) => resource.provider === provider)
        .map((binding) => readBinding(binding, root, roles)),
    }));
  });
}

interface Made<K extends string> {
  readonly kind: K;
  readonly resource: Resource;
}

type MadeRole = Made<'ClusterRole' | 'Role'>;

function ofKinds<K extends string>(root: Configuration, kinds: Readonly<Record<string, K>>): Made<K>[] {
  return Object.entries(kinds).flatMap(([type, kind]) =>
    [...root.of(type), ...root.of(`${type}_v1`)]
      .filter(({ mode }) => mode === 'managed')
      .map((resource) => ({ kind, resource })),
  );
}

/** A role whose name is not known bears its address, by which bindings refer to it. */
function nameOf({ kind, resource }: MadeRole): RoleName {
  return roleName(kind, metadataOf(resource, 'name') ?? resource.address, metadataOf(resource, 'namespace'));
}

function metadataOf(resource: Resource, name: string): string | undefined {
  const at = resource.blocks('metadata')[0]?.attribute(name);
  return at === undefined ? undefined : textOf(at.value);
}

function readRole(role: MadeRole): Role {
  const { resource } = role;
  const rules = resource.blocks('rule').map((rule) => readRule(rule, resource.address));
  const open = resource.open('rule');
  return { ...nameOf(role), rules: open === undefined ? rules : [...rules, openRule(resource, open)] };
}

function readRule(rule: Body, address: string): Rule {
  const lists = ['verbs', 'api_groups', 'resources', 'non_resource_urls'];
  const [verbs = [], apiGroups = [], resources = [], nonResourceURLs = []] = lists.map((name) => textsIn(rule, name));
  const because = lists.map((name) => whyOpen(rule, name)).find((why) => why !== undefined) ?? whyUnbounded(rule);
  const unknown = because === undefined ? {} : { unknown: `a rule of ${address}: ${because}` };
  const resourceNames = textsIn(rule, 'resource_names');
  return { verbs, apiGroups, resources, resourceNames, nonResourceURLs, ...unknown, origin: rule.origin };
}

/** It stands for the rules that nobody can count. */
function openRule({ address, origin }: Resource, because: string): Rule {
  const nothing = { verbs: [], apiGroups: [], resourceNames: [], nonResourceURLs: [] };
  return { ...nothing, resources: ['${…}'], unknown: `${address}: ${because}`, origin };
}

function textsIn(body: Body, name: string): string[] {
  const value = body.attribute(name)?.value;
  if (value === undefined) return [];
  return (isList(value) ? value : [value]).map((item) => sketchOf(item) ?? '${…}');
}

function whyOpen(body: Body, name: string): string | undefined {
  const value = body.attribute(name)?.value;
  const why = value === undefined ? undefined : whyUnknown(value);
  return why === undefined ? undefined : `${name}: ${why}`;
}

/** Of names it matters only whether there are any. */
function whyUnbounded(rule: Body): string | undefined {
  const names = rule.attribute('resource_names')?.value;
  return names === undefined || isList(names) ? undefined : whyOpen(rule, 'resource_names');
}

function readBinding({ kind, resource }: Made<string>, root: Configuration, roles: readonly MadeRole[]): Binding {
  const { address } = resource;
  const namespace = metadataOf(resource, 'namespace') ?? 'default';
  const [reference] = resource.blocks('role_ref');
  const role = reference && boundRole(reference, { resource, root, roles, namespace });
  const open = resource.open('subject');
  return {
    title: `${kind} ${metadataOf(resource, 'name') ?? address}`,
    role,
    holders: resource.blocks('subject').map(readHolder),
    ...(kind === 'RoleBinding' ? { namespace } : {}),
    ...(open === undefined ? {} : { open: `${address}: ${open}` }),
    origin: reference?.origin ?? resource.origin,
  };
}

interface Place {
  readonly resource: Resource;
  readonly root: Configuration;
  readonly roles: readonly MadeRole[];
  readonly namespace: string;
}

/** By its name; where that is not known, by the resource that the expression names. */
function boundRole(reference: Body, { resource, root, roles, namespace }: Place): RoleName | undefined {
  const name = reference.attribute('name')?.value;
  const known = name === undefined ? undefined : textOf(name);
  const kind = reference.attribute('kind')?.value;
  if (known !== undefined) return roleName(kind === 'Role' ? kind : undefined, known, namespace);
  const written = resource.asBlock().blocks.find(({ type }) => type === 'role_ref')?.attributes['name']?.text ?? '';
  const named = /\bkubernetes_(?:cluster_)?role(?:_v1)?\.[\w-]+/.exec(written)?.[0] ?? '';
  const addresses = [
    ...root.named(name ?? null).map(({ address }) => address),
    resource.module === '' ? named : `${resource.module}.${named}`,
  ];
  const role = roles.find((one) => addresses.includes(one.resource.address));
  return role && nameOf(role);
}

/** The provider takes a service account without a namespace to be in `default`. */
function readHolder(subject: Body): string {
  const text = (name: string): string | undefined => {
    const value = subject.attribute(name)?.value;
    return value === undefined ? undefined : (sketchOf(value) ?? '${…}');
  };
  return holderOf(text('kind') ?? '', text('name') ?? '', text('namespace'));
}
