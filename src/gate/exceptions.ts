import { canonicalJson, type Digest } from '../model/digest.ts';
import { seconds } from '../model/duration.ts';
import { PREDICATE } from '../model/evidence.ts';
import { rolesOf, type Policy } from '../model/policy.ts';
import { actsOf, type Act } from './acts.ts';
import type { Exception } from './predicates.ts';
import type { PolicyVersion } from './policy-chain.ts';
import type { Trust } from './trust.ts';

/** A waiver or exclusion that is in force for an environment. */
export interface Granted {
  readonly control: string;
  readonly subject?: string;
  readonly reason: string;
  readonly requester: string;
  readonly approver: string;
  /** Persons who signed, the requester among them. */
  readonly persons: readonly string[];
  readonly from: number;
  readonly until: number;
  readonly evidence: readonly Digest[];
}

interface RefusedException {
  readonly control: string;
  readonly subject?: string;
  readonly because: string;
}

/** Time, in milliseconds, for which something was granted. */
type Span = Pick<Granted, 'from' | 'until'>;

/** Time that a waiver covered while the policy of then granted it, and covers no more. */
interface Spent extends Span {
  readonly subject?: string;
}

interface Bounds {
  readonly maxDays: number;
  readonly maxTotalDays?: number;
  readonly approvers: readonly string[];
}

const DAY = 86_400_000;

/** Waivers, or exclusions, of one environment: what they cover at an instant and why others do not count. */
export class ExceptionBook {
  readonly #granted = new Map<string, Granted[]>();
  readonly #refused = new Map<string, RefusedException[]>();
  readonly #spent = new Map<string, Spent[]>();
  readonly #bounds: Bounds;
  readonly #at: number;
  /** From when on a signature would be one of the future. */
  readonly #latest: number;

  constructor(
    kind: 'waiver' | 'exclusion',
    { evidence, versions, policy: { policy } }: Pick<Trust, 'evidence' | 'versions' | 'policy'>,
    environment: string,
    at: Date,
  ) {
    this.#bounds = boundsOf(policy, kind);
    this.#at = at.getTime();
    this.#latest = this.#at + seconds(policy.maxClockSkew) * 1000;
    for (const act of actsOf<Exception>(evidence, PREDICATE[kind])) {
      if (act.predicate.environment !== environment) continue;
      const outcome = grant(act, policy, this.#bounds);
      const { control } = outcome;
      if (!('because' in outcome)) push(this.#granted, control, outcome);
      else {
        push(this.#refused, control, outcome);
        for (const span of spentBefore(act, versions, kind)) push(this.#spent, control, { ...outcome, ...span });
      }
    }
  }

  /** The one that covers a subject now, or why none does. */
  covering(control: string, subject: string): Granted | { readonly because: string } | undefined {
    if (!this.#granted.has(control) && !this.#refused.has(control)) return undefined;
    const concerns = (one: { readonly subject?: string }) => one.subject === undefined || one.subject === subject;
    const granted = (this.#granted.get(control) ?? []).filter(concerns).sort((a, b) => a.from - b.from);
    const { within, rolled } = this.#withinTotal(granted, (this.#spent.get(control) ?? []).filter(concerns));
    const current = within.filter(({ from, until }) => from <= this.#latest && this.#at < until).at(-1);
    if (current !== undefined) return current;
    const early = within.find(({ from }) => from > this.#latest);
    if (early !== undefined)
      return { because: `it was approved in the future, at ${new Date(early.from).toISOString()}` };
    if (rolled !== undefined) return { because: rolled };
    const expired = granted.at(-1);
    if (expired !== undefined) return { because: `it expired at ${new Date(expired.until).toISOString()}` };
    return this.#refused.get(control)?.findLast(concerns);
  }

  /**
   * Renewals add up for one control and subject, whatever scope each of them named; gaps between them do not count. Time that was
   * spent stays spent, whoever approved it has left or the bounds have changed.
   */
  #withinTotal(granted: readonly Granted[], spent: readonly Span[]): { within: Granted[]; rolled?: string } {
    const most = (this.#bounds.maxTotalDays ?? Infinity) * DAY;
    const within: Granted[] = [];
    let rolled: string | undefined;
    for (const one of granted) {
      const total = unionLength([...spent, ...within, one]);
      if (total <= most) within.push(one);
      else {
        const days = Math.ceil(total / DAY);
        rolled = `renewals add up to ${days} days, at most ${this.#bounds.maxTotalDays} are allowed in total`;
      }
    }
    return rolled === undefined ? { within } : { within, rolled };
  }
}

/** Why an exception covers nothing with the signatures that it bears; `undefined` where it is in force, or was never logged. */
export function whyNotInForce(
  kind: 'waiver' | 'exclusion',
  exception: Exception,
  trust: Pick<Trust, 'evidence' | 'versions' | 'policy'>,
  at: Date,
): string | undefined {
  const { policy } = trust.policy;
  const wanted = canonicalJson(exception);
  const own = actsOf<Exception>(trust.evidence, PREDICATE[kind]).find((one) => canonicalJson(one.predicate) === wanted);
  if (own === undefined) return undefined;
  const outcome = grant(own, policy, boundsOf(policy, kind));
  if ('because' in outcome) return outcome.because;
  const { control, subject = '', environment } = exception;
  const covering = new ExceptionBook(kind, trust, environment, at).covering(control, subject);
  return covering !== undefined && 'because' in covering ? covering.because : undefined;
}

function boundsOf(policy: Policy, kind: 'waiver' | 'exclusion'): Bounds {
  return kind === 'waiver' ? policy.waivers : policy.exclusions;
}

/** For how long earlier versions of the policy granted what the one in force refuses. */
function spentBefore(act: Act<Exception>, versions: readonly PolicyVersion[], kind: 'waiver' | 'exclusion'): Span[] {
  return versions.slice(0, -1).flatMap(({ policy, since }, number) => {
    const next = versions[number + 1];
    if (next === undefined) return [];
    const signatures = act.signatures.filter(({ index }) => index < next.index);
    const then = grant({ ...act, signatures }, policy, boundsOf(policy, kind));
    if ('because' in then) return [];
    const from = Math.max(then.from, Date.parse(since));
    const until = Math.min(then.until, Date.parse(next.since));
    return from < until ? [{ from, until }] : [];
  });
}

function grant(act: Act<Exception>, policy: Policy, bounds: Bounds): Granted | RefusedException {
  const { control, subject, reason, requester, expires, issuedAt } = act.predicate;
  const scope = { control, ...(subject === undefined ? {} : { subject }) };
  const refuse = (because: string): RefusedException => ({ ...scope, because });
  const asked = act.signatures.find(({ person }) => person === requester);
  if (asked === undefined) return refuse(`${requester}, whom it names as requester, did not sign it`);
  const approval = act.signatures.find(
    ({ person }) => person !== requester && rolesOf(policy, person).some((role) => bounds.approvers.includes(role)),
  );
  if (approval === undefined) {
    return refuse(`nobody but its requester ${requester} approved it who holds ${bounds.approvers.join(' or ')}`);
  }
  const from = Math.max(asked.at, approval.at);
  const until = Date.parse(expires);
  if (Date.parse(issuedAt) > from + seconds(policy.maxClockSkew) * 1000) {
    return refuse(`it claims a time in the future: issued at ${issuedAt}`);
  }
  if (until - from > bounds.maxDays * DAY) {
    return refuse(`it asks for ${Math.ceil((until - from) / DAY)} days, at most ${bounds.maxDays} are allowed`);
  }
  if (until <= from) return refuse(`it had expired at ${expires}, before it was approved`);
  const persons = act.signatures.map(({ person }) => person);
  return { ...scope, reason, requester, approver: approval.person, persons, from, until, evidence: act.evidence };
}

function push<T>(index: Map<string, T[]>, key: string, one: T): void {
  index.set(key, [...(index.get(key) ?? []), one]);
}

function unionLength(spans: readonly Span[]): number {
  let total = 0;
  let reached = -Infinity;
  for (const { from, until } of [...spans].sort((a, b) => a.from - b.from)) {
    total += Math.max(0, until - Math.max(from, reached));
    reached = Math.max(reached, until);
  }
  return total;
}
