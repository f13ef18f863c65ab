import { canonicalJson, type Digest } from '../model/digest.ts';
import type { TrustedEvidence } from './trust.ts';

interface Signature {
  readonly person: string;
  /** Log time, milliseconds. */
  readonly at: number;
  /** Log index. */
  readonly index: number;
}

/** One act of persons. They may sign one envelope together, or the same statement one after the other. */
export interface Act<T> {
  readonly predicate: T;
  /** Each person once, with the log time of the first signature, in log order. */
  readonly signatures: readonly Signature[];
  readonly evidence: readonly Digest[];
}

/** Groups the evidence of one predicate type into acts. The trust walk has checked the predicates' shape. */
export function actsOf<T>(evidence: readonly TrustedEvidence[], predicateType: string): Act<T>[] {
  const acts = new Map<string, { predicate: T; signatures: Signature[]; evidence: Digest[] }>();
  for (const one of evidence) {
    if (one.statement.predicateType !== predicateType) continue;
    const key = canonicalJson(one.statement.predicate);
    const act = acts.get(key) ?? { predicate: one.statement.predicate as T, signatures: [], evidence: [] };
    const at = Date.parse(one.sequencedAt);
    for (const person of one.persons) {
      if (!act.signatures.some((signature) => signature.person === person))
        act.signatures.push({ person, at, index: one.index });
    }
    act.evidence.push(one.digest);
    acts.set(key, act);
  }
  return [...acts.values()];
}
