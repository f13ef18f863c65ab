import type { Statement } from '../model/evidence.ts';
import { PREDICATE, type PredicateName } from '../model/evidence.ts';
import type { Digest } from '../model/digest.ts';
import { rolesOf, type Authority, type Policy } from '../model/policy.ts';

/** Extension field of a decision that names its environment. */
export const VSA_ENVIRONMENT = 'https://launchgate.dev/vsa/environment';

const NAMES: ReadonlyMap<string, PredicateName> = new Map(
  Object.entries(PREDICATE).map(([name, type]) => [type, name as PredicateName]),
);

/** The environment a statement speaks for, where it names one. */
export function environmentOf(statement: Statement): string | undefined {
  const predicate = statement.predicate;
  if (typeof predicate !== 'object' || predicate === null) return undefined;
  const named = predicate as Readonly<Record<string, unknown>>;
  const environment = named['environment'] ?? named[VSA_ENVIRONMENT];
  return typeof environment === 'string' ? environment : undefined;
}

/**
 * Why nobody among the holders may sign such a statement, or `undefined` when one may. An authority that is limited to
 * environments does not cover a statement that names none.
 */
export function unauthorised(
  policy: Policy,
  statement: Statement,
  signers: readonly { readonly key: Digest; readonly owner: string }[],
): string | undefined {
  const name = NAMES.get(statement.predicateType);
  if (name === undefined) return `the policy knows no predicate ${statement.predicateType}`;
  const environment = environmentOf(statement);
  const granted = policy.authorities.filter(
    ({ predicate, environments }) =>
      predicate === name &&
      (environments === undefined || (environment !== undefined && environments.includes(environment))),
  );
  if (signers.some((signer) => granted.some((authority) => mayUse(policy, authority, signer)))) return undefined;
  const who = signers.map(({ owner }) => owner).join(', ');
  return `${who} may not sign ${name} for ${environment === undefined ? 'every environment' : `environment ${environment}`}`;
}

function mayUse(policy: Policy, { signers }: Authority, { key, owner }: { key: Digest; owner: string }): boolean {
  if (signers.keys.includes(key)) return true;
  if (owner.startsWith('workload/')) return signers.workloads.includes(owner.slice('workload/'.length));
  return rolesOf(policy, owner.slice('person/'.length)).some((role) => signers.roles.includes(role));
}

/** The persons among holders, each once: what a quorum counts. */
export function personsOf(owners: readonly string[]): string[] {
  const persons = owners.filter((owner) => owner.startsWith('person/')).map((owner) => owner.slice('person/'.length));
  return [...new Set(persons)];
}
