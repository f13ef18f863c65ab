/** Grants of Google Cloud that name everybody, basic roles, and pools of identities that let strangers' tokens in. */
import type { At } from '../../model/origin.ts';
import { isList, textOf, type Body, type Configuration, type Resource } from '../../proofs/topology/evaluate/index.ts';
import { poolGrants } from './google-pools.ts';
import type { WideGrant } from './iam.ts';

/** What a basic role is granted on, by the resource: `google_project_iam_member`. */
const BASIC = /^google_(?<scope>project|folder|organization)_iam_(?:member|binding)$/;
const WHOLE = /^google_(?<scope>project|folder|organization)_iam_policy$/;
const BINDING = /^google_(?<what>\w+)_iam_(?:member|binding)$/;
const POLICY = /^google_(?<what>\w+)_iam_policy$/;

/** Services that are called by everybody where they are public on purpose, and buckets, which another control asks about. */
const PUBLIC_BY_NATURE =
  /^(?:cloud_run_(?:v2_)?service|cloudfunctions2?_function|storage_(?:managed_folder|bucket)|api_gateway_\w+|endpoints_\w+|iap_\w+)$/;

const EVERYBODY: Readonly<Record<string, string>> = {
  allUsers: 'everybody, signed in or not',
  allAuthenticatedUsers: 'everybody who has an account of Google',
};

export function googleGrants(root: Configuration): WideGrant[] {
  const managed = root.resources.filter(({ type, mode }) => mode === 'managed' && type.startsWith('google_'));
  return [
    ...managed.flatMap((resource) => {
      const scope = BASIC.exec(resource.type)?.groups?.['scope'];
      return scope === undefined ? [] : basicRole(resource, resource, scope);
    }),
    ...managed.flatMap((resource) => {
      const scope = WHOLE.exec(resource.type)?.groups?.['scope'];
      return scope === undefined ? [] : bindingsOf(root, resource).flatMap((one) => basicRole(resource, one, scope));
    }),
    ...managed.flatMap((resource) => toEverybody(root, resource)),
    ...poolGrants(root),
  ];
}

function basicRole({ address }: Resource, binding: Body, scope: string): WideGrant[] {
  const role = binding.attribute('role');
  if (role?.value !== 'roles/owner' && role?.value !== 'roles/editor') return [];
  const value = `${address} grants ${role.value} on the ${scope}`;
  return [{ value, origin: role.origin, severity: 'high' }];
}

/** The bindings of the `google_iam_policy` that it names. */
function bindingsOf(root: Configuration, resource: Resource): readonly Body[] {
  return root.named(resource.attribute('policy_data')?.value ?? null).flatMap((policy) => policy.blocks('binding'));
}

function toEverybody(root: Configuration, resource: Resource): WideGrant[] {
  const single = BINDING.exec(resource.type)?.groups?.['what'];
  const what = single ?? POLICY.exec(resource.type)?.groups?.['what'];
  if (what === undefined || PUBLIC_BY_NATURE.test(what)) return [];
  const bindings = single === undefined ? bindingsOf(root, resource) : [resource];
  return bindings.flatMap((binding) => {
    const role = textOf(binding.attribute('role')?.value ?? null) ?? 'a role';
    return membersOf(binding).flatMap(({ value, origin }): WideGrant[] => {
      const who = EVERYBODY[value];
      if (who === undefined) return [];
      const remediation = 'Name the accounts or groups that need it.';
      return [{ value: `${resource.address} grants ${role} to ${who}`, origin, severity: 'high', remediation }];
    });
  });
}

function membersOf(binding: Body): At<string>[] {
  return ['member', 'members'].flatMap((name) => {
    const at = binding.attribute(name);
    if (at === undefined) return [];
    return (isList(at.value) ? at.value : [at.value]).flatMap((value) => {
      const text = textOf(value);
      return text === undefined ? [] : [{ value: text, origin: at.origin }];
    });
  });
}
