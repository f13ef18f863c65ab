/** Pools of identities of Google Cloud: whose tokens they let in, and what is granted to all of them. */
import type { At } from '../../model/origin.ts';
import {
  isMap,
  sketchOf,
  textOf,
  whyUnknown,
  type Configuration,
  type Resource,
} from '../../proofs/topology/evaluate/index.ts';
import type { WideGrant } from './iam.ts';
import { strangersBy, type ClaimOf } from './pool-condition.ts';
import { everyOneOf, sharedIssuer, type Issuer, type Strangers } from './trust-patterns.ts';

const PROVIDER = 'google_iam_workload_identity_pool_provider';
const POOL = 'google_iam_workload_identity_pool';
const BINDING = /^google_\w+_iam_(?:member|binding)$/;

/** A provider whose issuer gives tokens to everybody. */
interface SharedProvider {
  readonly resource: Resource;
  readonly issuer: Issuer;
  readonly claimOf: ClaimOf;
}

/** Providers that let strangers in, and grants to all whom a pool lets in. */
export function poolGrants(root: Configuration): WideGrant[] {
  return [...sharedProviders(root).flatMap(openProvider), ...wholePools(root)];
}

/** Pools of which it cannot be told whose tokens they let in. */
export function unknownPools(root: Configuration): At<string>[] {
  return sharedProviders(root).flatMap(({ resource }) => {
    const condition = resource.attribute('attribute_condition');
    if (condition === undefined || sketchOf(condition.value) !== '${…}') return [];
    const why = whyUnknown(condition.value) ?? '';
    return [{ value: `whose tokens ${resource.address} takes is not known: ${why}`, origin: condition.origin }];
  });
}

function sharedProviders(root: Configuration): SharedProvider[] {
  return root.of(PROVIDER).flatMap((resource) => {
    if (resource.mode !== 'managed') return [];
    const [oidc] = resource.blocks('oidc');
    const url = textOf(oidc?.attribute('issuer_uri')?.value ?? null) ?? '';
    const issuer = sharedIssuer(url.replace(/^https?:\/\//, '').replace(/\/$/, ''));
    return issuer === undefined ? [] : [{ resource, issuer, claimOf: claimsOf(resource) }];
  });
}

/** The mapping gives claims other names: `attribute.repo` is what `assertion.repository` says. */
function claimsOf(provider: Resource): ClaimOf {
  const mapping = provider.attribute('attribute_mapping')?.value ?? null;
  const sources = new Map(
    isMap(mapping) ? Object.entries(mapping).map(([name, source]) => [name, sketchOf(source) ?? '']) : [],
  );
  return (path) => {
    const source = path.startsWith('assertion.') ? path : (sources.get(path) ?? path);
    return /\bassertion\.(\w+)/.exec(source)?.[1] ?? path.slice(path.indexOf('.') + 1);
  };
}

/** https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines#conditions */
function openProvider(provider: SharedProvider): WideGrant[] {
  const { resource } = provider;
  const strangers = strangersAt(provider);
  if (strangers?.severity !== 'high') return [];
  return [
    {
      value: `${resource.address} takes the tokens of ${strangers.who}`,
      origin: resource.attribute('attribute_condition')?.origin ?? resource.origin,
      severity: 'high',
      remediation:
        'Ask for the owner in attribute_condition, as in assertion.repository_owner_id == "123456", and name the repository in the bindings.',
    },
  ];
}

/** Whom a provider lets in; nobody that is known where its condition is not. */
function strangersAt({ resource, issuer, claimOf }: SharedProvider): Strangers | undefined {
  const condition = resource.attribute('attribute_condition');
  const text = condition === undefined ? '' : (sketchOf(condition.value) ?? '');
  return text === '${…}' ? undefined : strangersBy(text, { issuer, claimOf });
}

/** Grants to a pool as a whole, or to an attribute that tells no repository from another. What a provider lets in is reported there. */
function wholePools(root: Configuration): WideGrant[] {
  const providers = sharedProviders(root);
  if (providers.length === 0) return [];
  return root.resources
    .filter(({ type, mode }) => mode === 'managed' && BINDING.test(type))
    .flatMap((resource) =>
      membersOf(resource).flatMap((member): WideGrant[] => {
        const [widest] = providers
          .filter((provider) => poolOf(root, member.value) === poolIdOf(root, provider.resource))
          .flatMap((provider) => strangersBehind(member.value, provider) ?? []);
        if (widest === undefined) return [];
        const role = textOf(resource.attribute('role')?.value ?? null) ?? 'a role';
        return [
          {
            value: `${resource.address} grants ${role} to ${widest.who}`,
            origin: member.origin,
            severity: 'medium',
            remediation: 'Name the repository in the member, as in principalSet://…/attribute.repository/acme/api.',
          },
        ];
      }),
    );
}

function membersOf(resource: Resource): At<string>[] {
  return ['member', 'members'].flatMap((name) => {
    const at = resource.attribute(name);
    if (at === undefined) return [];
    const values = Array.isArray(at.value) ? at.value : [at.value];
    return values.map((value) => ({ value: sketchOf(value) ?? '', origin: at.origin }));
  });
}

const SET = /^principalSet:.*?\/(?:\*|attribute\.(?<attribute>\w+)\/(?<value>.+))$/;

/** Of whom the provider lets in, those that a set of principals means. */
function strangersBehind(member: string, provider: SharedProvider): Strangers | undefined {
  const set = SET.exec(member)?.groups;
  const strangers = strangersAt(provider);
  if (set === undefined || strangers === undefined) return undefined;
  const { issuer, claimOf } = provider;
  const { attribute, value = '' } = set;
  const claim = attribute === undefined ? '' : claimOf(`attribute.${attribute}`);
  if (issuer.owners.test(claim)) return everyOneOf(issuer, value);
  return issuer.claims.test(claim) || strangers.severity === 'high' ? undefined : strangers;
}

/** The pool that a set of principals is of, by its id where that is known. */
function poolOf(root: Configuration, member: string): string | undefined {
  return named(root, member) ?? /\/workloadIdentityPools\/([^/]+)\//.exec(member)?.[1];
}

function poolIdOf(root: Configuration, provider: Resource): string {
  const text = sketchOf(provider.attribute('workload_identity_pool_id')?.value ?? null) ?? '';
  return named(root, text) ?? text;
}

/** The pool of this configuration that a text refers to. */
function named(root: Configuration, text: string): string | undefined {
  const pool = root.of(POOL).find(({ address }) => text.includes(`\${${address}.`));
  return pool && (textOf(pool.attribute('workload_identity_pool_id')?.value ?? null) ?? pool.address);
}
