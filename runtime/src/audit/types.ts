/** What somebody did to something, as its author tells it. */
export interface AuditInput {
  /** `id` is the verified subject, never an e-mail address from a form. */
  readonly actor: {
    readonly id: string;
    readonly kind?: 'user' | 'service' | 'break-glass';
    readonly address?: string;
  };
  /** `instance.delete`, say. */
  readonly action: string;
  readonly target: { readonly kind: string; readonly id: string };
  readonly outcome: 'success' | 'denied' | 'failure';
  /** The request id under which logs, messages and traces have it. */
  readonly correlationId: string;
  readonly traceId?: string;
  readonly reason?: string;
  /** The target before and after. Only SHA-256 digests of them are kept. */
  readonly before?: unknown;
  readonly after?: unknown;
  /** Details. Those that the trail was not made to allow are dropped: what may be kept is decided once, not by each caller. */
  readonly fields?: Readonly<Record<string, Scalar>>;
}

export type Scalar = string | number | boolean | null;

/** An event as it is kept. `hash` is over all other members, `prev` is the hash of the event before it. */
export interface AuditEvent {
  readonly v: 1;
  /** Counts from 1 without a gap. */
  readonly seq: number;
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly actor: AuditInput['actor'];
  readonly action: string;
  readonly target: AuditInput['target'];
  readonly outcome: AuditInput['outcome'];
  readonly correlationId: string;
  readonly traceId?: string;
  readonly reason?: string;
  readonly beforeDigest?: string;
  readonly afterDigest?: string;
  readonly fields?: Readonly<Record<string, Scalar>>;
  readonly prev: string;
  readonly hash: string;
}

/** An event without its place in the chain. */
export type LooseEvent = Omit<AuditEvent, 'seq' | 'prev' | 'hash'>;

/** The end of a chain: what to remember elsewhere, so that a shortened trail is noticed. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** The part of a `pg` client that is used. */
export interface PgQueryable {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}

export interface PgPool {
  connect(): Promise<PgQueryable & { release(destroy?: boolean): void }>;
}

export interface AuditSink {
  /** Gives the event its place and keeps it; inside the caller's transaction where one is given. */
  append(event: LooseEvent, transaction?: PgQueryable): Promise<AuditEvent>;
}
