import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { rolesInManifests } from './in-manifests.ts';
import { rolesInTerraform } from './in-terraform.ts';
import type { Binding, Role, RoleName, Roles, Rule } from './roles.ts';

/** Who holds something, and how far it reaches. */
interface Held {
  /** `ServiceAccount shop/api`, `Group system:authenticated`. */
  readonly holders: readonly string[];
  /** Why it cannot be told who else does. */
  readonly open?: string;
  /** Namespace that it is limited to; undefined: the whole cluster. */
  readonly namespace?: string;
}

/** One rule of a role together with who holds it and how far it reaches. */
export interface Grant extends Rule, Held {
  readonly role: string;
}

/** A binding to a role that is not in the repository, such as the built-in `cluster-admin`. */
export interface ForeignBinding extends Held {
  readonly binding: string;
  readonly role: string;
  readonly kind: string;
  readonly origin: Origin;
}

/** A binding of which it is not known to what role it binds. */
export interface OpenBinding extends Held {
  readonly binding: string;
  readonly origin: Origin;
}

export interface Granted {
  readonly grants: readonly Grant[];
  readonly foreign: readonly ForeignBinding[];
  readonly unnamed: readonly OpenBinding[];
}

/** Joins bindings with the roles they name. Roles that nobody holds grant nothing and are left out. `read`: how many roles and bindings there are. */
export function readGrants(view: PlatformView): Granted & { readonly read: number } {
  const all = [rolesInManifests(view), ...rolesInTerraform(view)];
  const everywhere = all.flatMap(({ roles }) => roles);
  const joined = all.map((own) => join(own, everywhere));
  return {
    grants: joined.flatMap(({ grants }) => grants),
    foreign: joined.flatMap(({ foreign }) => foreign),
    unnamed: joined.flatMap(({ unnamed }) => unnamed),
    read: all.reduce((sum, { roles, bindings }) => sum + roles.length + bindings.length, 0),
  };
}

/** A binding means the role that lies beside it, before one of its name that lies elsewhere. */
function join({ roles, bindings, added = [] }: Roles, everywhere: readonly Role[]): Granted {
  const known = new Map([...everywhere, ...roles].map((role) => [keyOf(role), role]));
  const grants: Grant[] = [];
  const foreign: ForeignBinding[] = [];
  const unnamed: OpenBinding[] = [];
  for (const binding of bindings) {
    const { title, role: named, holders, open, origin } = binding;
    if (holders.length === 0 && open === undefined) continue;
    const held = heldBy(binding);
    const role = named && known.get(keyOf(named));
    if (named === undefined) unnamed.push({ binding: title, ...held, origin });
    else if (role === undefined) {
      foreign.push({ binding: title, role: named.name, kind: named.kind, ...held, origin });
      grants.push(...added.filter((one) => keyOf(one) === keyOf(named)).flatMap((one) => grantsOf(one, held)));
    } else grants.push(...grantsOf(role, held));
  }
  return { grants, foreign, unnamed };
}

function keyOf({ kind, name, namespace = '' }: RoleName): string {
  return `${kind}/${namespace}/${name}`;
}

function heldBy({ holders, open, namespace }: Binding): Held {
  return {
    holders,
    ...(open === undefined ? {} : { open }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** URLs of the API server belong to no namespace: a RoleBinding grants none. */
function grantsOf(role: Role, held: Held): Grant[] {
  return role.rules
    .filter(({ resources }) => held.namespace === undefined || resources.length > 0)
    .map((rule) => ({ ...rule, role: `${role.kind} ${role.name}`, ...held }));
}
