import type { KubeObject } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { Resource } from '../../proofs/topology/evaluate/index.ts';
import type { Told } from '../../proofs/topology/read.ts';

/** What one thing that is, or is part of, a store says of losing its primary. */
export interface FailoverFact {
  /** `aws_db_instance.orders`, `StatefulSet data/postgres`. */
  readonly id: string;
  readonly answer: 'yes' | 'no' | 'unknown';
  /** `yes`: how it fails over, with the numbers; else what is missing. A clause after the id. */
  readonly because: string;
  readonly remediation?: string;
  readonly origin: Origin;
}

export interface Failover {
  readonly name: string;
  /** Of a store of the spec. */
  readonly kind?: string;
  readonly facts: readonly FailoverFact[];
  /** What the spec says it is managed by, where nothing here is that. */
  readonly managed: string | undefined;
}

export function survives(id: string, because: string, origin: Origin): FailoverFact {
  return { id, answer: 'yes', because, origin };
}

export function dies(id: string, because: string, remediation: string, origin: Origin): FailoverFact {
  return { id, answer: 'no', because, remediation, origin };
}

export function untold(id: string, because: string, origin: Origin): FailoverFact {
  return { id, answer: 'unknown', because, origin };
}

/** How facts name an object of Kubernetes. */
export function idOf({ kind, namespace, name }: KubeObject): string {
  return `${kind} ${namespace ?? 'default'}/${name}`;
}

/** By a switch of a managed store; the clauses say what it is with and without. */
export function bySwitch(
  { address }: Pick<Resource, 'address'>,
  told: Told<boolean>,
  said: { readonly yes: string; readonly no: string; readonly remediation: string },
): FailoverFact {
  if (!told.known) return untold(address, told.because, told.origin);
  return told.value ? survives(address, said.yes, told.origin) : dies(address, said.no, said.remediation, told.origin);
}
