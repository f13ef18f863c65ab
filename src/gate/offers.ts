import type { Digest } from '../model/digest.ts';
import { seconds } from '../model/duration.ts';
import { PREDICATE } from '../model/evidence.ts';
import { LAB } from '../model/policy-rules.ts';
import type { Policy } from '../model/policy.ts';
import { keyOf, type GateInput } from './input.ts';
import { HUMAN_PREDICATES, scopeSchema, type Scope } from './predicates.ts';
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

/** All evidence by control and subject, so that a requirement finds its own in constant time. */
export class Offers {
  readonly #bySubject = new Map<string, Offer[]>();
  readonly #rejected = new Map<string, RejectedEntry[]>();

  constructor({ trust, gate, at }: Pick<GateInput, 'trust' | 'gate' | 'at'>) {
    const gauge = new Gauge(trust.policy.policy, gate.environment, gate.evidenceFrom, at);
    for (const evidence of trust.evidence) {
      const { predicateType, predicate } = evidence.statement;
      if (HUMAN_PREDICATES.has(predicateType) || predicateType === PREDICATE.baseline) continue;
      const scope = scopeSchema.safeParse(predicate);
      if (!scope.success) continue;
      const offer = gauge.offer(evidence, scope.data);
      push(this.#bySubject, keyOf(scope.data.control, gauge.localSubject(scope.data) ?? ''), offer);
    }
    for (const entry of trust.rejected) {
      if (entry.control !== undefined) push(this.#rejected, keyOf(entry.control, entry.subject ?? ''), entry);
    }
  }

  /** What was offered for a subject, by name or for the control as a whole, newest first. */
  for(control: string, subject: string): readonly Offer[] {
    const own = this.#bySubject.get(keyOf(control, subject)) ?? [];
    const whole = this.#bySubject.get(keyOf(control, '')) ?? [];
    if (own.length + whole.length < 2) return own.length === 0 ? whole : own;
    return [...own, ...whole].sort((a, b) => b.at - a.at || b.evidence.index - a.evidence.index);
  }

  /** What the trust walk refused and claimed to be about a subject. */
  rejectedFor(control: string, subject: string): readonly RejectedEntry[] {
    return [...(this.#rejected.get(keyOf(control, subject)) ?? []), ...(this.#rejected.get(keyOf(control, '')) ?? [])];
  }
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
