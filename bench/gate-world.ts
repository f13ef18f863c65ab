import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCandidate } from '../src/gate/candidate.ts';
import type { GateControl, GateInput } from '../src/gate/input.ts';
import { policyStatement } from '../src/gate/statements.ts';
import type { Trust } from '../src/gate/trust.ts';
import { encodeEnvelope, PAYLOAD_TYPE, pae } from '../src/ledger/envelope.ts';
import type { ControlMeta, Half } from '../src/model/control.ts';
import { canonicalJson, sha256, type Digest } from '../src/model/digest.ts';
import { PREDICATE, type Statement } from '../src/model/evidence.ts';
import { gateSchema, policyDigest, type PolicyKey } from '../src/model/policy.ts';
import type { Judgement } from '../src/model/report.ts';
import { specSchema } from '../src/model/spec.ts';

/** The synthetic worlds that the gate's bench decides about. */
export const AT = new Date('2026-03-10T12:00:00.000Z');
const EARLIER = '2026-03-09T12:00:00.000Z';
const FIRST = '2026-03-01T12:00:00.000Z';
const INPUT = sha256('input');
const PARAMS = sha256('params');

interface Key {
  readonly enrolled: PolicyKey;
  readonly secret: KeyObject;
}

function key(owner: string): Key {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return { enrolled: { id: sha256(raw), publicKey: raw.toString('base64'), owner }, secret: privateKey };
}

/** Where an entry's envelope lies, in log order. */
export interface LogLine {
  readonly digest: Digest;
  readonly sequencedAt: string;
}

/** Writes a ledger of one drill for each control: signed envelopes in files, and the order they were logged in. */
export function writeLedger(folder: string, controls: number, failing: number): void {
  const [owner, runner] = [key('person/ana'), key('workload/ci')];
  mkdirSync(join(folder, 'evidence'), { recursive: true });
  const lines: LogLine[] = [];
  const write = (statement: Statement, by: Key, sequencedAt: string) => {
    const payload = Buffer.from(canonicalJson(statement));
    const sig = sign(null, pae(PAYLOAD_TYPE, payload), by.secret).toString('base64');
    const signatures = [{ keyid: by.enrolled.id, sig }];
    const bytes = encodeEnvelope({ payload: payload.toString('base64'), payloadType: PAYLOAD_TYPE, signatures });
    const digest = sha256(bytes);
    writeFileSync(join(folder, 'evidence', digest.slice('sha256:'.length)), bytes);
    lines.push({ digest, sequencedAt });
  };
  const policy = policyStatement({
    apiVersion: 'launchgate/v1',
    kind: 'Policy',
    version: 1,
    verifier: { id: 'https://launch.example.com' },
    people: [{ id: 'ana', name: 'Ana' }],
    keys: [owner.enrolled, runner.enrolled],
    owners: { persons: ['ana'], quorum: 1 },
    authorities: [{ predicate: 'drill', signers: { workloads: ['ci'] } }],
    targets: [{ environment: 'staging', identities: ['cluster:1'] }],
  });
  write(policy, owner, FIRST);
  for (let index = 0; index < controls; index += 1) {
    write(drill(`control-${index}`, 'service/api', index < failing), runner, EARLIER);
  }
  const root = policyDigest((policy.predicate as { policy: unknown }).policy);
  writeFileSync(join(folder, 'log.json'), JSON.stringify({ root, lines }));
}

export function drill(control: string, subject: string, fails = false): Statement {
  const digest = { sha256: INPUT.slice('sha256:'.length) };
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest }],
    predicateType: PREDICATE.drill,
    predicate: {
      control,
      subject,
      environment: 'staging',
      target: 'cluster:1',
      startedAt: '2026-03-09T11:00:00.000Z',
      finishedAt: EARLIER,
      binds: { input: INPUT, params: PARAMS, version: 1 },
      outcome: fails ? 'fail' : 'pass',
      observations: [{ name: 'time', value: fails ? 90 : 30, unit: 's', target: 60, met: !fails }],
    },
  };
}

/** The rest of a gate's input: controls with these halves, each for all subjects. */
export function gateInput(
  trust: Trust,
  controls: readonly { readonly id: string; readonly halves: readonly Half[] }[],
  subjects: readonly string[],
): GateInput {
  const known = controls.map(({ id, halves }) => gateControl(id, halves));
  const ids = controls.map(({ id }) => id);
  return {
    gate: gateSchema.parse({ name: 'bench', environment: 'staging', requires: [{ launch: true }] }),
    trust,
    candidate: makeCandidate({
      environment: 'staging',
      pinned: true,
      commits: [{ repository: 'bench', commit: 'a'.repeat(40) }],
      images: [],
      platform: INPUT,
    }),
    authorship: { authors: [], reviewed: [] },
    spec: specSchema.parse({
      apiVersion: 'launchgate/v1',
      kind: 'Platform',
      name: 'bench',
      environments: [{ name: 'staging', kind: 'staging' }],
    }),
    controls: known,
    expected: new Map(ids.map((id) => [id, subjects])),
    judgements: ids.flatMap((control) => subjects.map((subject) => judgement(control, subject))),
    ledger: { size: trust.evidence.length + 1, root: 'bench' },
    at: AT,
  };
}

function judgement(control: string, subject: string): Judgement {
  return { control, subject, outcome: 'pass', rows: [], input: INPUT, params: PARAMS, paramOrigins: {}, version: 1 };
}

function gateControl(id: string, halves: readonly Half[]): GateControl {
  const meta: ControlMeta = {
    id,
    title: id,
    statement: 'It holds.',
    area: 'operations',
    stage: 'day-0',
    launch: true,
    sources: ['PB1'],
    halves,
    reads: [],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 1,
  };
  return { meta, built: halves };
}
