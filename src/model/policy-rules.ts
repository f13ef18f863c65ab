import { sha256 } from './digest.ts';
import type { Policy, PolicyKey } from './policy.ts';

/** The environment that enrols itself. Its evidence never serves another one. */
export const LAB = 'lab';

/** The role that the policy's owners hold without being given it. */
export const OWNER_ROLE = 'owner';

export type Contradiction = readonly [path: readonly (string | number)[], message: string];

/** What a policy says that cannot be so, each with its path: unknown persons, forged key ids, a lab that serves others. */
export function contradictions(policy: Policy): Contradiction[] {
  return [...ownerMistakes(policy), ...keyMistakes(policy), ...gateMistakes(policy), ...targetMistakes(policy)];
}

/** All addresses by which a person is recognised as an author, in lower case. */
export function addressesOf({
  email,
  addresses = [],
}: Pick<Policy['people'][number], 'email' | 'addresses'>): string[] {
  return [...new Set([email ?? [], ...addresses].flat().map((address) => address.toLowerCase()))];
}

function ownerMistakes({ version, previous, owners, people }: Policy): Contradiction[] {
  const found: Contradiction[] = [];
  const ids = people.map(({ id }) => id);
  for (const id of repeated(ids)) found.push([['people'], `person ${id} is listed twice`]);
  for (const { id, roles } of people) {
    if (roles.includes(OWNER_ROLE)) found.push([['people'], `${id}: the role owner comes from owners.persons only`]);
  }
  const emails = people.flatMap(addressesOf);
  for (const email of repeated(emails)) found.push([['people'], `two persons share the address ${email}`]);
  for (const id of owners.persons) {
    if (!ids.includes(id)) found.push([['owners', 'persons'], `owner ${id} is not one of the people`]);
  }
  for (const id of repeated(owners.persons)) found.push([['owners', 'persons'], `owner ${id} is listed twice`]);
  if (owners.quorum > new Set(owners.persons).size) {
    found.push([['owners', 'quorum'], `a quorum of ${owners.quorum} cannot be met by ${owners.persons.length} owners`]);
  }
  if ((version === 1) !== (previous === undefined)) {
    found.push([['previous'], 'expected in every version but the first: the digest of the version before']);
  }
  return found;
}

function keyMistakes({ keys, people }: Policy): Contradiction[] {
  const found: Contradiction[] = [];
  for (const id of repeated(keys.map(({ id }) => id))) found.push([['keys'], `key ${id} is listed twice`]);
  for (const [index, key] of keys.entries()) {
    const mistake = keyMistake(key, (person) => people.some(({ id }) => id === person));
    if (mistake !== undefined) found.push([['keys', index], mistake]);
  }
  return found;
}

/** What is wrong with a key, if anything: its length, its id, an owner whom nobody knows. */
export function keyMistake(key: PolicyKey, isPerson: (id: string) => boolean): string | undefined {
  const raw = Buffer.from(key.publicKey, 'base64');
  if (raw.length !== 32) return `the public key of ${key.id} has ${raw.length} bytes, expected 32 (raw Ed25519)`;
  if (sha256(raw) !== key.id) return `id ${key.id} is not the SHA-256 of its public key, ${sha256(raw)}`;
  if (key.owner.startsWith('person/') && !isPerson(key.owner.slice('person/'.length))) {
    return `its owner ${key.owner} is not one of the people`;
  }
  return undefined;
}

function gateMistakes({ gates }: Policy): Contradiction[] {
  const found: Contradiction[] = [];
  for (const id of repeated(gates.map(({ name, environment }) => `${name} for ${environment}`))) {
    found.push([['gates'], `gate ${id} is defined twice`]);
  }
  for (const [index, { environment, evidenceFrom }] of gates.entries()) {
    if (environment !== LAB && evidenceFrom.includes(LAB)) {
      found.push([['gates', index, 'evidenceFrom'], 'evidence from the lab serves the lab only']);
    }
  }
  return found;
}

function targetMistakes({ targets }: Policy): Contradiction[] {
  const found: Contradiction[] = [];
  for (const [index, { environment }] of targets.entries()) {
    if (environment === LAB) found.push([['targets', index], 'the lab enrols itself; it is no target of the policy']);
  }
  for (const identity of repeated(targets.flatMap(({ identities }) => identities))) {
    found.push([['targets'], `identity ${identity} is enrolled twice; a target belongs to one environment`]);
  }
  return found;
}

function repeated(values: readonly string[]): string[] {
  const seen = new Set<string>();
  const again = values.filter((value) => seen.size === seen.add(value).size);
  return [...new Set(again)];
}
