import { randomUUID } from 'node:crypto';
import { digestOf } from './digest.ts';
import type { AuditEvent, AuditInput, AuditSink, LooseEvent, PgQueryable, Scalar } from './types.ts';

export interface AuditOptions {
  readonly sink: AuditSink;
  /** Names of `fields` that may be kept. Default: none. */
  readonly allow?: readonly string[];
  readonly now?: () => Date;
}

export interface Audit {
  /**
   * Keeps an event. Give the client of the transaction that makes the change: then both are there or neither. Throws where it cannot be
   * kept; an admin action that cannot be recorded must not be done.
   */
  record(event: AuditInput, transaction?: PgQueryable): Promise<AuditEvent>;
}

/** Characters of a text. */
export const LONGEST = 1024;

export function createAudit({ sink, allow = [], now = () => new Date() }: AuditOptions): Audit {
  const allowed = new Set(allow);
  return {
    record: async (event, transaction) => sink.append(looseEvent(event, allowed, now()), transaction),
  };
}

function looseEvent(input: AuditInput, allowed: ReadonlySet<string>, at: Date): LooseEvent {
  const { actor, action, target, outcome, correlationId, traceId, reason, before, after } = input;
  if (!/^[a-z][a-z0-9_.:-]{0,127}$/.test(action))
    throw new TypeError(`${JSON.stringify(action)} is no action such as instance.delete`);
  if (!['success', 'denied', 'failure'].includes(outcome)) throw new TypeError(`${outcome} is no outcome`);
  const fields = kept(input.fields ?? {}, allowed);
  return {
    v: 1,
    id: randomUUID(),
    at: at.toISOString(),
    actor: {
      id: text('actor.id', actor.id),
      ...(actor.kind === undefined ? {} : { kind: actor.kind }),
      ...(actor.address === undefined ? {} : { address: text('actor.address', actor.address) }),
    },
    action,
    target: { kind: text('target.kind', target.kind), id: text('target.id', target.id) },
    outcome,
    correlationId: text('correlationId', correlationId),
    ...(traceId === undefined ? {} : { traceId: text('traceId', traceId) }),
    ...(reason === undefined ? {} : { reason: text('reason', reason) }),
    ...(before === undefined ? {} : { beforeDigest: digestOf(before) }),
    ...(after === undefined ? {} : { afterDigest: digestOf(after) }),
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
  };
}

function kept(fields: Readonly<Record<string, Scalar>>, allowed: ReadonlySet<string>): Record<string, Scalar> {
  const entries = Object.entries(fields).filter(([name]) => allowed.has(name));
  for (const [name, value] of entries) {
    if (typeof value === 'string') text(`fields.${name}`, value, 0);
    else if (value !== null && typeof value !== 'boolean' && !Number.isFinite(value))
      throw new TypeError(`fields.${name} is neither text, number, boolean nor null`);
  }
  return Object.fromEntries(entries);
}

/** Texts are bounded, and without control characters: the trail is read in terminals and kept in PostgreSQL, which has no NUL. */
function text(name: string, value: string, shortest = 1): string {
  if (typeof value !== 'string' || value.length < shortest || value.length > LONGEST)
    throw new TypeError(`${name} must be a text of ${shortest} to ${LONGEST} characters`);
  if (/\p{Cc}/u.test(value) || !value.isWellFormed())
    throw new TypeError(`${name} has control characters or half a character in it`);
  return value;
}
