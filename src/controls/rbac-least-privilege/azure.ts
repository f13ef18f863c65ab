/** Roles of Azure in Terraform that allow everything, or amount to it, on a subscription or a group of them. */
import {
  isList,
  sketchOf,
  type Configuration,
  type Resource,
  type Value,
} from '../../proofs/topology/evaluate/index.ts';
import type { WideGrant } from './iam.ts';
import { sharedIssuer, strangersIn } from './trust-patterns.ts';

/**
 * Built-in roles that allow every action, every one but on access, or to give any role away, by name and by the id of their definition.
 * https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles/privileged
 */
const WIDE_ROLES: Readonly<Record<string, string>> = {
  '8e3af657-a8ff-443c-a75c-2fe8c4bcb635': 'Owner',
  'b24988ac-6180-42a0-ab88-20f7382dd24c': 'Contributor',
  '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9': 'User Access Administrator',
  'f58310d9-a9f6-439a-9e8d-f62e7b41a168': 'Role Based Access Control Administrator',
};

/** Scopes above a resource group, as text or as the `id` of what Terraform makes or looks up. */
const SCOPES: readonly (readonly [RegExp, string])[] = [
  [/^\/subscriptions\/[^/]+\/?$|^\$\{(?:[\w.-]+\.)?azurerm_subscription\.[^}]+\.id\}$/i, 'subscription'],
  [
    /^\/providers\/Microsoft\.Management\/managementGroups\/[^/]+$|^\$\{(?:[\w.-]+\.)?azurerm_management_group\.[^}]+\.id\}$/i,
    'management group',
  ],
];

export function azureGrants(root: Configuration): WideGrant[] {
  return [
    ...root.of('azurerm_role_assignment').flatMap(assigned),
    ...root.of('azurerm_role_definition').flatMap(defined),
    ...root.of('azuread_application_flexible_federated_identity_credential').flatMap(federated),
  ];
}

/**
 * A credential that matches subjects by a pattern. Those without "flexible" name one subject whole.
 * https://learn.microsoft.com/en-us/entra/workload-id/workload-identities-flexible-federated-identity-credentials
 */
function federated(credential: Resource): WideGrant[] {
  const expression = credential.attribute('claims_matching_expression');
  const url = sketchOf(credential.attribute('issuer')?.value ?? null) ?? '';
  const issuer = sharedIssuer(url.replace(/^https?:\/\//, '').replace(/\/$/, ''));
  if (expression === undefined || issuer === undefined) return [];
  const parts = (sketchOf(expression.value) ?? '').split(/\s+and\s+/);
  const strangers = parts.map((part) => {
    const pattern = /claims\['sub'\]\s+matches\s+'(?<pattern>[^']*)'/.exec(part)?.groups?.['pattern'];
    return pattern === undefined ? undefined : strangersIn(issuer, pattern);
  });
  const [first] = strangers;
  if (first === undefined || strangers.includes(undefined)) return [];
  return [
    {
      value: `${credential.address} takes the tokens of ${first.who}`,
      origin: expression.origin,
      severity: first.severity,
      remediation: 'Name the repository and its branch or environment in the expression.',
    },
  ];
}

function assigned(assignment: Resource): WideGrant[] {
  const name = assignment.attribute('role_definition_name');
  const id = assignment.attribute('role_definition_id');
  const role =
    Object.values(WIDE_ROLES).find((known) => known === name?.value) ?? WIDE_ROLES[lastOf(id?.value ?? null)];
  const scope = scopeOf(assignment);
  if (role === undefined || scope === undefined) return [];
  const { origin } = name ?? id ?? assignment;
  return [{ value: `${assignment.address} grants ${role} on the ${scope}`, origin, severity: 'high' }];
}

/** `/subscriptions/…/providers/Microsoft.Authorization/roleDefinitions/ID`. */
function lastOf(id: Value): string {
  return (sketchOf(id) ?? '').split('/').at(-1) ?? '';
}

/** A role of the platform's own that allows every action. */
function defined(definition: Resource): WideGrant[] {
  if (definition.mode === 'data') return [];
  const scope = scopeOf(definition);
  return definition.blocks('permissions').flatMap((permissions) => {
    const actions = permissions.attribute('actions');
    const except = permissions.attribute('not_actions')?.value;
    const isWide = actions !== undefined && isList(actions.value) && actions.value.includes('*');
    if (!isWide || scope === undefined || (except !== undefined && !(isList(except) && except.length === 0))) return [];
    return [
      { value: `${definition.address} allows every action on the ${scope}`, origin: actions.origin, severity: 'high' },
    ];
  });
}

function scopeOf(resource: Resource): string | undefined {
  const scope = resource.attribute('scope');
  const text = scope === undefined ? undefined : sketchOf(scope.value);
  return text === undefined ? undefined : SCOPES.find(([pattern]) => pattern.test(text))?.[1];
}
