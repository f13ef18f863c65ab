import { randomInt } from 'node:crypto';
import { EVERYBODY, type Change, type Kind, type Revoked, type TokenClaims } from './types.ts';
import { Filter } from './filter.ts';
import { Values } from './values.ts';
import { Watermarks } from './watermarks.ts';

/** More than this is a mistake or an attack, and is refused rather than kept. */
export const MAX_ENTRIES = 5_000_000;

const NAMED = ['token', 'subject', 'session', 'tenant', 'key'] as const;
type Named = (typeof NAMED)[number];

/** Of the hashes, another one in every process: who knows the code cannot tell which texts share bits. */
const SEED = /* @__PURE__ */ randomInt(2 ** 32);

const MALFORMED: Revoked = { by: 'malformed', id: 0 };

/**
 * What is refused, in memory. A lookup touches no clock: entries leave when the durable source no longer lists them, so that
 * a clock that jumps ahead and back cannot let a revoked token through.
 */
export class Entries {
  readonly #filter: Filter;
  readonly #values: Readonly<Record<Named, Values>>;
  readonly #all = new Watermarks();
  readonly #subjects = new Watermarks();
  readonly #tenants = new Watermarks();

  /** `like`: a copy of about the same size, for which room is made at once. */
  constructor(like?: Entries) {
    this.#filter = new Filter(like?.size ?? 0);
    this.#values = {
      token: new Values(SEED, this.#filter),
      subject: new Values(SEED + 1, this.#filter),
      session: new Values(SEED + 2, this.#filter),
      tenant: new Values(SEED + 3, this.#filter),
      key: new Values(SEED + 4, this.#filter),
    };
  }

  get size(): number {
    const { token, subject, session, tenant, key } = this.#values;
    const named = token.size + subject.size + session.size + tenant.size + key.size;
    return named + this.#all.size + this.#subjects.size + this.#tenants.size;
  }

  /** Applying a change twice is as good as once. */
  apply(change: Change): void {
    if (change.lifts !== undefined) return this.#remove(change.kind, change.value, change.lifts);
    if (this.size >= MAX_ENTRIES) throw new Error(`the deny-list has more than ${MAX_ENTRIES} entries`);
    const marks = this.#marksOf(change.kind);
    if (marks === undefined) this.#valuesOf(change.kind)?.add(change.value, change.id, () => this.#hashes());
    else if (change.issuedBefore !== undefined) marks.add(change.value, change.id, change.issuedBefore);
    else throw new Error(`entry ${change.id} of kind ${change.kind} has no time`);
  }

  /** The first entry that refuses these claims; a claim that is no text, number or absent is refused for itself. */
  find(claims: TokenClaims): Revoked | undefined {
    const jti = text(claims.jti);
    const sub = text(claims.sub);
    const sid = text(claims.sid);
    const tenant = text(claims.tenant);
    const kid = text(claims.kid);
    if (jti === null || sub === null || sid === null || tenant === null || kid === null) return MALFORMED;
    const { token, subject, session, tenant: tenants, key } = this.#values;
    const ofToken = token.hashIfAny(jti);
    const ofSubject = subject.hashIfAny(sub);
    const ofSession = session.hashIfAny(sid);
    const ofTenant = tenants.hashIfAny(tenant);
    const ofKey = key.hashIfAny(kid);
    const unnamed = this.#filter.hasNone(ofToken, ofSubject, ofSession, ofTenant, ofKey);
    return (unnamed ? undefined : this.#named(jti, sub, sid, tenant, kid)) ?? this.#issued(claims.iat, sub, tenant);
  }

  #named(
    jti: string | undefined,
    sub: string | undefined,
    sid: string | undefined,
    tenant: string | undefined,
    kid: string | undefined,
  ): Revoked | undefined {
    const { token, subject, session, tenant: tenants, key } = this.#values;
    let id: number | undefined;
    if ((id = token.find(jti)) !== undefined) return { by: 'token', id };
    if ((id = subject.find(sub)) !== undefined) return { by: 'subject', id };
    if ((id = session.find(sid)) !== undefined) return { by: 'session', id };
    if ((id = tenants.find(tenant)) !== undefined) return { by: 'tenant', id };
    if ((id = key.find(kid)) !== undefined) return { by: 'key', id };
    return undefined;
  }

  *#hashes(): Generator<number> {
    for (const kind of NAMED) yield* this.#values[kind].hashes();
  }

  /** Every entry as the change that made it, without its mark. */
  *changes(): Generator<Change> {
    for (const kind of NAMED)
      for (const [value, id] of this.#values[kind].entries()) yield { id, mark: '', kind, value };
    for (const kind of ['issued-before', 'subject-issued-before', 'tenant-issued-before'] as const)
      for (const [value, id, issuedBefore] of this.#marksOf(kind)?.entries() ?? [])
        yield { id, mark: '', kind, value, issuedBefore };
  }

  /**
   * `iat` has whole seconds, so a token of the very second of the watermark may be older or younger than it: it is refused.
   * A token that does not say when it was issued cannot show that it is younger.
   */
  #issued(iat: unknown, sub: string | undefined, tenant: string | undefined): Revoked | undefined {
    if (this.#all.size + this.#subjects.size + this.#tenants.size === 0) return undefined;
    const second = typeof iat === 'number' && Number.isFinite(iat) ? Math.floor(iat) : -Infinity;
    let id = this.#all.find(EVERYBODY, second);
    if (id !== undefined) return { by: 'issued-before', id };
    if (sub !== undefined && (id = this.#subjects.find(sub, second)) !== undefined)
      return { by: 'subject-issued-before', id };
    if (tenant !== undefined && (id = this.#tenants.find(tenant, second)) !== undefined)
      return { by: 'tenant-issued-before', id };
    return undefined;
  }

  #remove(kind: Kind, value: string, id: number): void {
    this.#valuesOf(kind)?.remove(value, id);
    this.#marksOf(kind)?.remove(value, id);
  }

  #valuesOf(kind: Kind): Values | undefined {
    return isNamed(kind) ? this.#values[kind] : undefined;
  }

  #marksOf(kind: Kind): Watermarks | undefined {
    if (kind === 'issued-before') return this.#all;
    if (kind === 'subject-issued-before') return this.#subjects;
    return kind === 'tenant-issued-before' ? this.#tenants : undefined;
  }
}

/** A claim as the text that an entry would name; null where it can be none. */
function text(claim: unknown): string | undefined | null {
  if (typeof claim === 'string') return claim;
  if (claim === undefined || claim === null) return undefined;
  return typeof claim === 'number' ? String(claim) : null;
}

function isNamed(kind: Kind): kind is Named {
  return (NAMED as readonly Kind[]).includes(kind);
}
