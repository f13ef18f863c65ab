import { createHash, sign } from 'node:crypto';
import { envelopeDigest, PAYLOAD_TYPE, pae, verifyWith } from '../ledger/envelope.ts';
import { canonicalJson, sha256, type Digest } from '../model/digest.ts';
import type { LedgerEntry, Statement } from '../model/evidence.ts';
import { policyDigest, type GateDefinition, type PolicyInput } from '../model/policy.ts';
import type { Decision } from '../model/report.ts';
import { decide } from './decide.ts';
import { findGate } from './gates.ts';
import type { GateInput } from './input.ts';
import { policyStatement } from './statements.ts';
import { walkLedger, type Trust } from './trust.ts';
import {
  ago,
  binding,
  candidateOf,
  CONTROLS,
  judgement,
  KEYS,
  NOW,
  POLICY,
  specOf,
  SUBJECT,
  drill,
  scan,
  type TestKey,
} from './gate.testkit.ts';

/** A log that grows, and what the gate says of it. */
export class World {
  readonly entries: LedgerEntry[] = [];
  readonly root: Digest;

  constructor(policy: PolicyInput = POLICY) {
    const statement = policyStatement(policy);
    this.root = policyDigest((statement.predicate as { policy: unknown }).policy);
    this.log(statement, [KEYS.ana], ago(30));
  }

  /** Appends a statement signed by these keys. */
  log(statement: Statement, keys: readonly TestKey[], sequencedAt: string = ago(1)): LedgerEntry {
    const payload = Buffer.from(canonicalJson(statement), 'utf8');
    const signatures = keys.map(({ enrolled, secret }) => ({
      keyid: enrolled.id,
      sig: sign(null, pae(PAYLOAD_TYPE, payload), secret).toString('base64'),
    }));
    const envelope = { payload: payload.toString('base64'), payloadType: PAYLOAD_TYPE, signatures };
    const digest = signatures.length === 0 ? sha256(payload) : envelopeDigest(envelope);
    const entry = { index: this.entries.length, sequencedAt, digest, envelope, statement };
    this.entries.push(entry);
    return entry;
  }

  /** Everything the `release` gate wants. */
  satisfied(): this {
    this.log(drill(), [KEYS.ci]);
    this.log(scan(), [KEYS.ci]);
    return this;
  }

  trust(entries: readonly LedgerEntry[] = this.entries): Trust {
    return walkLedger(entries, this.root, verifyWith);
  }

  input(change: Partial<GateInput> & { gateName?: string; definition?: GateDefinition } = {}): GateInput {
    const { gateName = 'release', definition, ...rest } = change;
    const trust = rest.trust ?? this.trust();
    const controls = rest.controls ?? CONTROLS;
    return {
      gate: definition ?? findGate(trust.policy.policy, gateName, { catalog: controls.map(({ meta }) => meta) }),
      trust,
      candidate: candidateOf(),
      authorship: { authors: [], reviewed: [] },
      spec: specOf(),
      controls,
      expected: new Map(CONTROLS.map(({ meta }) => [meta.id, [SUBJECT]])),
      judgements: [judgement('checked')],
      bindings: [binding('drilled', 'staging')],
      ledger: {
        size: this.entries.length,
        root: createHash('sha256').update(String(this.entries.length)).digest('hex'),
      },
      at: NOW,
      ...rest,
    };
  }

  decide(change: Parameters<World['input']>[0] = {}): Decision {
    return decide(this.input(change));
  }
}

/** Everything a decision gives as a reason, in one text. */
export function reasons({ requirements, blocks, notes }: Decision): string {
  const closed = requirements.filter(({ state }) => !['satisfied', 'waived', 'excluded'].includes(state));
  return [
    ...closed.map(({ state, because }) => `${state}: ${because}`),
    ...blocks.map((b) => b.because),
    ...(notes ?? []),
  ].join('\n');
}
