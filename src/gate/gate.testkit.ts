import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { envelopeDigest, PAYLOAD_TYPE, pae, verifyWith } from '../ledger/envelope.ts';
import type { ControlMeta, Half } from '../model/control.ts';
import { canonicalJson, sha256, type Digest } from '../model/digest.ts';
import { PREDICATE, type LedgerEntry, type Statement } from '../model/evidence.ts';
import { policyDigest, type GateDefinition, type PolicyInput, type PolicyKey } from '../model/policy.ts';
import type { Candidate, Decision, Judgement } from '../model/report.ts';
import { pass } from '../model/result.ts';
import { specSchema, type Spec } from '../model/spec.ts';
import { makeCandidate } from './candidate.ts';
import { decide } from './decide.ts';
import { findGate } from './gates.ts';
import type { GateControl, GateInput } from './input.ts';
import { policyStatement } from './statements.ts';
import { walkLedger, type Trust } from './trust.ts';

/** A small world for the gate's tests: real keys, real envelopes, a policy, three controls and a candidate that would pass. */
export interface TestKey {
  readonly enrolled: PolicyKey;
  readonly secret: KeyObject;
}

export function testKey(owner: string): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return { enrolled: { id: sha256(raw), publicKey: raw.toString('base64'), owner }, secret: privateKey };
}

export const KEYS = {
  ana: testKey('person/ana'),
  bo: testKey('person/bo'),
  cy: testKey('person/cy'),
  di: testKey('person/di'),
  ed: testKey('person/ed'),
  ci: testKey('workload/ci'),
} as const;

export const NOW = new Date('2026-03-10T12:00:00.000Z');
export const IMAGE = fake('image');
export const TARGETS = { staging: 'cluster:staging-uid', production: 'cluster:production-uid' } as const;

export function fake(name: string): Digest {
  return sha256(`test ${name}`);
}

/** Days (or parts) before {@link NOW}, RFC 3339. */
export function ago(days: number): string {
  return new Date(NOW.getTime() - days * 86_400_000).toISOString();
}

export const POLICY: PolicyInput = {
  apiVersion: 'launchgate/v1',
  kind: 'Policy',
  version: 1,
  verifier: { id: 'https://launch.example.com' },
  people: [
    { id: 'ana', name: 'Ana', email: 'ana@example.com', roles: ['sre-lead'] },
    { id: 'bo', name: 'Bo', email: 'bo@example.com', roles: ['security-lead'] },
    { id: 'cy', name: 'Cy', email: 'cy@example.com', roles: ['lead-architect'] },
    { id: 'di', name: 'Di', email: 'di@example.com', roles: ['qa-lead'] },
    { id: 'ed', name: 'Ed', email: 'ed@example.com', roles: ['on-call-lead'] },
  ],
  keys: Object.values(KEYS).map(({ enrolled }) => enrolled),
  owners: { persons: ['ana', 'bo', 'cy'], quorum: 2 },
  gates: [
    {
      name: 'release',
      environment: 'staging',
      requires: [{ controls: ['checked', 'drilled', 'scanned'] }],
      signOffs: [],
    },
  ],
  authorities: [
    { predicate: 'drill', signers: { workloads: ['ci'] } },
    { predicate: 'scan', signers: { workloads: ['ci'] } },
    { predicate: 'baseline', signers: { workloads: ['ci'] } },
  ],
  targets: [
    { environment: 'staging', identities: [TARGETS.staging] },
    { environment: 'production', identities: [TARGETS.production] },
  ],
};

export const SPEC = {
  apiVersion: 'launchgate/v1',
  kind: 'Platform',
  name: 'shop',
  environments: [
    { name: 'staging', kind: 'staging' },
    { name: 'production', kind: 'production' },
  ],
  services: [{ name: 'api', owner: 'team-api' }],
  stores: [{ name: 'orders', kind: 'postgres', rpo: '15m', rto: '2h' }],
  slos: [{ name: 'api-availability', service: 'api', objective: 99.9 }],
};

export function specOf(change: Record<string, unknown> = {}): Spec {
  return specSchema.parse({ ...SPEC, ...change });
}

export function control(id: string, halves: readonly Half[], change: Partial<ControlMeta> = {}): GateControl {
  return {
    meta: {
      id,
      title: id,
      statement: `${id} holds.`,
      area: 'operations',
      stage: 'day-0',
      launch: true,
      sources: [],
      halves,
      reads: [],
      severity: 'high',
      about: 'platform',
      waivable: true,
      version: 1,
      ...change,
    },
    built: halves,
    accept: (_subject, evidence) => pass(`${evidence.length} reports`),
  };
}

export const CONTROLS: readonly GateControl[] = [
  control('checked', ['check']),
  control('drilled', ['drill'], { sources: ['OT3'] }),
  control('scanned', ['accept']),
];

export const SUBJECT = 'service/api';

export function judgement(id: string, change: Partial<Judgement> = {}): Judgement {
  return {
    control: id,
    subject: SUBJECT,
    outcome: 'pass',
    rows: [],
    input: fake('input'),
    params: fake('params'),
    paramOrigins: {},
    version: 1,
    ...change,
  };
}

export function candidateOf(change: Partial<Candidate> = {}): Candidate {
  return makeCandidate({
    environment: 'staging',
    pinned: true,
    commits: [{ repository: 'shop', commit: 'a'.repeat(40) }],
    images: [{ reference: 'registry.example.com/api', digest: IMAGE }],
    platform: fake('platform'),
    authors: ['dev@example.com'],
    ...change,
  });
}

export function drill(change: Record<string, unknown> = {}): Statement {
  return evidence(PREDICATE.drill, {
    control: 'drilled',
    subject: SUBJECT,
    environment: 'staging',
    target: TARGETS.staging,
    startedAt: ago(1.1),
    finishedAt: ago(1),
    binds: { input: fake('input'), params: fake('params'), version: 1 },
    outcome: 'pass',
    observations: [{ name: 'restore', value: 30, unit: 's', target: 60, met: true }],
    ...change,
  });
}

export function scan(change: Record<string, unknown> = {}): Statement {
  return evidence(PREDICATE.scan, {
    control: 'scanned',
    subject: SUBJECT,
    environment: 'staging',
    startedAt: ago(1.1),
    finishedAt: ago(1),
    scanned: [IMAGE],
    scope: 12,
    ...change,
  });
}

export function evidence(predicateType: string, predicate: unknown, about: Digest = fake('report')): Statement {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest: { sha256: about.slice('sha256:'.length) } }],
    predicateType,
    predicate,
  };
}

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

export function binding(id: string, environment: string, change: object = {}) {
  const bound = { input: fake('input'), params: fake('params'), version: 1 };
  return { environment, control: id, subject: SUBJECT, ...bound, ...change };
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

export { verifyWith };
