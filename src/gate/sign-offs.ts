import type { AcceptableEvidence } from '../model/control.ts';
import type { Digest } from '../model/digest.ts';
import { seconds } from '../model/duration.ts';
import { PREDICATE } from '../model/evidence.ts';
import { addressesOf } from '../model/policy-rules.ts';
import { rolesOf, type GateDefinition, type Policy } from '../model/policy.ts';
import type { Candidate } from '../model/report.ts';
import { actsOf, type Act } from './acts.ts';
import type { Authorship } from './authorship.ts';
import type { Block } from './blocks.ts';
import type { PolicyVersion } from './policy-chain.ts';
import type { SignOff } from './predicates.ts';
import type { TrustedEvidence } from './trust.ts';

interface SignOffQuestion {
  readonly gate: GateDefinition;
  readonly policy: Policy;
  /** All versions of the policy up to the one in force. */
  readonly versions: readonly Pick<PolicyVersion, 'policy'>[];
  readonly candidate: Candidate;
  readonly authorship: Authorship;
  readonly seal: Digest;
  readonly at: Date;
  readonly evidence: readonly TrustedEvidence[];
}

/** The approvals of exactly this seal, and what is missing of the gate's role matrix. */
export interface SignOffAnswer {
  readonly blocks: readonly Block[];
  readonly used: readonly Digest[];
  /** Sign-offs as a control's accept may see them: by the matrix rows that name it, or a topic that is its id. */
  readonly for: (control: string) => readonly AcceptableEvidence[];
}

/**
 * Counts persons, never keys; nobody who wrote the candidate, or of whom that cannot be told, since the policy gives no address; nobody
 * twice for one topic.
 */
export function judgeSignOffs(question: SignOffQuestion): SignOffAnswer {
  const { gate, candidate, evidence } = question;
  const refused: string[] = [];
  const valid: Act<SignOff>[] = [];
  for (const act of actsOf<SignOff>(evidence, PREDICATE.signOff)) {
    if (act.predicate.gate !== gate.name || act.predicate.environment !== gate.environment) continue;
    const because = mismatch(act, question);
    if (because === undefined) valid.push(act);
    else refused.push(`${act.signatures.map(({ person }) => person).join(', ')}: ${because}`);
  }
  const authors = authorsOf(question);
  const blocks = gate.signOffs.flatMap((row) => rowBlock(row, valid, authors, refused, question) ?? []);
  const isAuthored = question.authorship.authors !== undefined && (candidate.authors ?? []).length > 0;
  if (gate.signOffs.length > 0 && !isAuthored) {
    blocks.push({
      code: 'authors-unknown',
      because: 'nobody can tell who wrote the candidate, so nobody can tell who may sign it off',
      next: 'Fetch the whole history ("git fetch --unshallow", or fetch-depth: 0), and decide about commits that name their authors.',
    });
  }
  const shown = (isAuthored ? valid : []).map((act) => ({ act, evidence: acceptable(act, question.policy, authors) }));
  return {
    blocks,
    used: valid.flatMap((act) => act.evidence),
    for: (control) =>
      shown.flatMap(({ act, evidence: one }) => (one !== undefined && concerns(gate, act, control) ? [one] : [])),
  };
}

function mismatch(act: Act<SignOff>, { candidate, seal, gate, policy, at }: SignOffQuestion): string | undefined {
  const { candidate: signed, seal: signedSeal, signedAt } = act.predicate;
  if (signed !== candidate.digest) return `signed off another candidate, ${signed}`;
  if (signedSeal !== seal) return `signed another seal, ${signedSeal}; the inputs have changed since`;
  const first = act.signatures[0]?.at ?? Number.NaN;
  const skew = seconds(policy.maxClockSkew) * 1000;
  if (!(Date.parse(signedAt) <= first + skew && first <= at.getTime() + skew)) {
    return `claims a time in the future, ${signedAt}`;
  }
  if (at.getTime() - Math.min(first, Date.parse(signedAt)) > seconds(gate.maxAge.accept) * 1000) {
    return `signed at ${signedAt}, more than ${gate.maxAge.accept} ago`;
  }
  return undefined;
}

/** By every address that a person has or had in the policy: who changes it stays the author of what they wrote before. */
function authorsOf({
  policy,
  versions,
  candidate,
  authorship,
}: Pick<SignOffQuestion, 'policy' | 'versions' | 'candidate' | 'authorship'>): ReadonlySet<string> {
  const addresses = [...(candidate.authors ?? []), ...(authorship.authors ?? [])];
  const claimed = new Set(addresses.map((author) => author.toLowerCase()));
  const isClaimed = (person: Policy['people'][number]) =>
    claimed.has(person.id) || addressesOf(person).some((address) => claimed.has(address));
  const claimedIn = (one: Policy) => one.people.filter(isClaimed).map(({ id }) => id);
  const known = new Set(policy.people.map(({ id }) => id));
  return new Set([policy, ...versions.map((one) => one.policy)].flatMap(claimedIn).filter((id) => known.has(id)));
}

function withoutAddress({ people }: Policy): ReadonlySet<string> {
  return new Set(people.flatMap((one) => (addressesOf(one).length === 0 ? [one.id] : [])));
}

function rowBlock(
  { topic, roles }: GateDefinition['signOffs'][number],
  valid: readonly Act<SignOff>[],
  authors: ReadonlySet<string>,
  refused: readonly string[],
  { policy, authorship }: SignOffQuestion,
): Block | undefined {
  const signed = valid.filter(({ predicate }) => predicate.topics.includes(topic));
  const persons = new Set(signed.flatMap(({ signatures }) => signatures.map(({ person }) => person)));
  const unknown = persons.intersection(withoutAddress(policy)).difference(authors);
  const missing = unfilled(roles, [...persons.difference(authors).difference(unknown)], policy);
  if (missing.length === 0) return undefined;
  const wrote = [...persons.intersection(authors)].map(isAuthor);
  const unable = missing.filter((role) => isNonEmptyWithin(holdersOf(policy, role), authors));
  const all = unable.map((role) => `all who hold ${role} ${WROTE}`);
  const isFirst = wrote.length + all.length > 0 && authorship.reviewed.length === 0;
  const why = [...wrote, ...all, ...(isFirst ? [NO_GO_YET] : []), ...[...unknown].map(isUnknown), ...refused];
  const holders = new Set(missing.flatMap((role) => holdersOf(policy, role)));
  return {
    code: 'sign-off-missing',
    because: `${topic} is not signed off by ${missing.join(' and ')}${why.length > 0 ? ` (${why.join('; ')})` : ''}`,
    next: `Have ${missing.join(' and ')} run "launchgate sign-off" for topic ${topic} on this seal${isFirst ? ', or the owners answer for what others have read: reviewedCommits in the policy' : ''}.`,
    owner: holders.size > 0 ? [...holders].join(', ') : `nobody holds ${missing.join(' or ')}`,
  };
}

const WROTE = 'wrote or committed the candidate';
const NO_GO_YET = 'no GO of this gate is on record, so all of its history counts';

function isAuthor(person: string): string {
  return `${person} ${WROTE} and does not count`;
}

function isUnknown(person: string): string {
  return `${person} has no address in the policy, so nobody can tell whether they wrote the candidate`;
}

function isNonEmptyWithin(persons: readonly string[], others: ReadonlySet<string>): boolean {
  return persons.length > 0 && persons.every((person) => others.has(person));
}

function holdersOf(policy: Policy, role: string): string[] {
  return policy.people.filter(({ id }) => rolesOf(policy, id).includes(role)).map(({ id }) => id);
}

/** Why a person's signature for these topics fills no place of the gate's matrix, whatever else they sign; none where it may. */
export function whyNotCounted(
  person: string,
  topics: readonly string[],
  question: Pick<SignOffQuestion, 'gate' | 'policy' | 'versions' | 'candidate' | 'authorship'>,
): string[] {
  const { gate, policy, authorship } = question;
  if (authorsOf(question).has(person))
    return [isAuthor(person), ...(authorship.reviewed.length === 0 ? [NO_GO_YET] : [])];
  if (withoutAddress(policy).has(person)) return [isUnknown(person)];
  const held = rolesOf(policy, person);
  const rows = gate.signOffs.filter(
    ({ topic, roles }) => topics.includes(topic) && !roles.some((role) => held.includes(role)),
  );
  return rows.map(({ topic, roles }) => `${topic} is for ${roles.join(', ')}, which ${person} is not`);
}

/** The roles that stay empty when each is given to a different person: augmenting paths, so that no order of signing matters. */
function unfilled(roles: readonly string[], persons: readonly string[], policy: Policy): string[] {
  const filledBy = new Map<string, number>();
  const place = (role: number, tried: Set<string>): boolean =>
    persons.some((person) => {
      if (tried.has(person) || !rolesOf(policy, person).includes(roles[role] ?? '')) return false;
      tried.add(person);
      const current = filledBy.get(person);
      if (current !== undefined && !place(current, tried)) return false;
      filledBy.set(person, role);
      return true;
    });
  return roles.filter((_, index) => !place(index, new Set()));
}

function concerns(gate: GateDefinition, { predicate }: Act<SignOff>, control: string): boolean {
  if (predicate.topics.includes(control)) return true;
  return gate.signOffs.some(({ topic, controls }) => controls.includes(control) && predicate.topics.includes(topic));
}

/** The statement with the persons who count and their roles, as verified; what the predicate itself claims is overwritten. */
function acceptable(act: Act<SignOff>, policy: Policy, authors: ReadonlySet<string>): AcceptableEvidence | undefined {
  const unknown = withoutAddress(policy);
  const counted = act.signatures.filter(({ person }) => !authors.has(person) && !unknown.has(person));
  const [digest] = act.evidence;
  const [first] = counted;
  if (digest === undefined || first === undefined) return undefined;
  const signedBy = counted.map(({ person }) => ({ person, roles: rolesOf(policy, person) }));
  return {
    digest,
    predicateType: PREDICATE.signOff,
    predicate: { ...act.predicate, signedBy },
    subjects: [act.predicate.candidate],
    at: new Date(first.at),
  };
}
