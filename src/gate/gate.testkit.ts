import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { ControlMeta, Half } from '../model/control.ts';
import { sha256, type Digest } from '../model/digest.ts';
import { PREDICATE, type Statement } from '../model/evidence.ts';
import type { PolicyInput, PolicyKey } from '../model/policy.ts';
import type { Candidate, Judgement } from '../model/report.ts';
import { pass } from '../model/result.ts';
import { specSchema, type Spec } from '../model/spec.ts';
import { makeCandidate } from './candidate.ts';
import type { GateControl } from './input.ts';

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

export function binding(id: string, environment: string, change: object = {}) {
  const bound = { input: fake('input'), params: fake('params'), version: 1 };
  return { environment, control: id, subject: SUBJECT, ...bound, ...change };
}
