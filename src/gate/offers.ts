import type { Digest } from '../model/digest.ts';
import { seconds } from '../model/duration.ts';
import { PREDICATE } from '../model/evidence.ts';
import { LAB } from '../model/policy-rules.ts';
import type { Policy } from '../model/policy.ts';
import type { GateInput } from './input.ts';
import { HUMAN_PREDICATES, SCOPED_PREDICATES, scopeSchema, type Scope } from './predicates.ts';
import type { RejectedEntry, TrustedEvidence } from './trust.ts';

/** Evidence for a control, with what can be said of it before any subject is asked about. */
export interface Offer {
  readonly evidence: TrustedEvidence;
  readonly scope: Scope;
  readonly isDrill: boolean;
  /** Milliseconds: the earlier of finished and sequenced, from which age counts. */
  readonly at: number;
  /** Why it cannot serve this gate at all: another environment, another target, an impossible time. */
  readonly refused?: string;
}

/** What was offered for one control. */
export class ControlOffers {
  readonly #bySubject = new Map<string, Offer[]>();
  readonly #rejected = new Map<string, string[]>();

  add(offer: Offer, subject: string | undefined): void {
    push(this.#bySubject, subject ?? '', offer);
  }

  reject({ subject, because }: RejectedEntry): void {
    push(this.#rejected, subject ?? '', because);
  }

  /** What was offered for a subject, by name or for the control as a whole, newest first. */
  for(subject: string): readonly Offer[] {
    const own = this.#bySubject.get(subject) ?? NONE;
    const whole = this.#bySubject.get('') ?? NONE;
    if (own.length + whole.length < 2) return own.length === 0 ? whole : own;
    return [...own, ...whole].sort(newestFirst);
  }

  /** Why the trust walk refused what claimed to be about a subject. */
  rejectedFor(subject: string): readonly string[] {
    if (this.#rejected.size === 0) return NONE;
    return [...(this.#rejected.get(subject) ?? NONE), ...(this.#rejected.get('') ?? NONE)];
  }
}

/** What was logged in one group has one time there: its own tells which came later. */
function newestFirst(a: Offer, b: Offer): number {
  const byOwnTime = Date.parse(b.scope.finishedAt) - Date.parse(a.scope.finishedAt);
  return b.at - a.at || byOwnTime || b.evidence.index - a.evidence.index;
}

const NONE: readonly never[] = [];

/** All evidence by control, so that a requirement finds its own in constant time. */
export function offersByControl({
  trust,
  gate,
  at,
}: Pick<GateInput, 'trust' | 'gate' | 'at'>): ReadonlyMap<string, ControlOffers> {
  const gauge = new Gauge(trust.policy.policy, gate.environment, gate.evidenceFrom, at);
  const offers = new Map<string, ControlOffers>();
  const of = (control: string) => {
    const found = offers.get(control) ?? new ControlOffers();
    offers.set(control, found);
    return found;
  };
  for (const evidence of trust.evidence) {
    const { predicateType, predicate } = evidence.statement;
    if (HUMAN_PREDICATES.has(predicateType) || predicateType === PREDICATE.baseline) continue;
    if (!isScope(predicateType, predicate)) continue;
    of(predicate.control).add(gauge.offer(evidence, predicate), gauge.localSubject(predicate));
  }
  for (const entry of trust.rejected) if (entry.control !== undefined) of(entry.control).reject(entry);
  return offers;
}

/** Launchgate's own types were checked by the trust walk; those of other tools only count where they name a scope. */
function isScope(predicateType: string, predicate: unknown): predicate is Scope {
  return SCOPED_PREDICATES.has(predicateType) || scopeSchema.safeParse(predicate).success;
}

class Gauge {
  readonly #skew: number;
  readonly #targets: ReadonlyMap<string, string>;
  readonly #environment: string;
  readonly #from: readonly string[];
  readonly #now: number;

  constructor(policy: Policy, environment: string, from: readonly string[], at: Date) {
    this.#skew = seconds(policy.maxClockSkew) * 1000;
    this.#targets = new Map(policy.targets.flatMap((t) => t.identities.map((id) => [id, t.environment])));
    this.#environment = environment;
    this.#from = from;
    this.#now = at.getTime();
  }

  offer(evidence: TrustedEvidence, scope: Scope): Offer {
    const isDrill = evidence.statement.predicateType === PREDICATE.drill;
    const at = Math.min(Date.parse(scope.finishedAt), Date.parse(evidence.sequencedAt));
    const refused =
      this.#timeFault(scope, evidence.sequencedAt) ??
      this.#environmentFault(scope) ??
      (isDrill ? this.#targetFault(scope) : undefined);
    return { evidence, scope, isDrill, at, ...(refused === undefined ? {} : { refused }) };
  }

  /** Evidence about `environment/staging` is about `environment/production` where staging may serve production. */
  localSubject({ environment, subject }: Scope): string | undefined {
    return subject === `environment/${environment}` ? `environment/${this.#environment}` : subject;
  }

  #timeFault({ startedAt, finishedAt }: Scope, sequencedAt: string): string | undefined {
    const [started, finished, sequenced] = [startedAt, finishedAt, sequencedAt].map((text) => Date.parse(text));
    if (started === undefined || finished === undefined || sequenced === undefined) return 'it names no time';
    if (Number.isNaN(sequenced)) return `its log time ${sequencedAt} is not a time`;
    if (started > finished) return `it finished at ${finishedAt}, before it started at ${startedAt}`;
    if (finished > sequenced + this.#skew) {
      return `it claims a time in the future: finished at ${finishedAt}, logged at ${sequencedAt}`;
    }
    if (sequenced > this.#now + this.#skew) return `it was logged in the future, at ${sequencedAt}`;
    return undefined;
  }

  #environmentFault({ environment }: Scope): string | undefined {
    if (environment === this.#environment) return undefined;
    if (environment === LAB) return `it comes from the lab, which never serves ${this.#environment}`;
    if (this.#from.includes(environment)) return undefined;
    return `it is for environment ${environment}, and the gate takes none from there for ${this.#environment}`;
  }

  /** The lab enrols itself; any other target is recognised by the identity that the policy lists for its environment. */
  #targetFault({ environment, target }: Scope): string | undefined {
    if (target === undefined) return 'it does not say which target it ran against';
    const enrolled = this.#targets.get(target);
    if (environment === LAB) {
      return enrolled === undefined ? undefined : `it claims the lab, and ran against ${target} of ${enrolled}`;
    }
    if (enrolled === environment) return undefined;
    const known = enrolled === undefined ? 'which the policy does not know' : `which is enrolled for ${enrolled}`;
    return `it claims ${environment}, and ran against target ${target}, ${known}`;
  }
}

function push<T>(index: Map<string, T[]>, key: string, value: T): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, [value]);
  else known.push(value);
}

/** Digests that a piece of evidence is about: its statement's subjects, and what a report says was scanned. */
export function aboutDigests({ evidence, scope }: Offer): string[] {
  const named = evidence.statement.subject.flatMap(({ digest }) =>
    Object.entries(digest).map(([algorithm, value]) => (algorithm === 'sha256' ? `sha256:${value}` : value)),
  );
  const scanned = (scope as { scanned?: readonly Digest[] }).scanned ?? [];
  const candidate = scope.binds?.candidate;
  return [...named, ...scanned, ...(candidate === undefined ? [] : [candidate])];
}
