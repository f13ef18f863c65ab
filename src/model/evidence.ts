import type { Digest } from './digest.ts';

/** in-toto Statement v1: what is claimed about which artifacts. https://github.com/in-toto/attestation */
export interface Statement {
  readonly _type: 'https://in-toto.io/Statement/v1';
  readonly subject: readonly {
    readonly name?: string;
    readonly uri?: string;
    readonly digest: Readonly<Record<string, string>>;
  }[];
  readonly predicateType: string;
  readonly predicate: unknown;
}

/** DSSE 1.0.2 envelope. `payload` and `sig` are base64; `keyid` is a hint and never decides. */
export interface Envelope {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly keyid?: string; readonly sig: string }[];
}

/** Predicate types of the statements that Launchgate writes and accepts. */
export const PREDICATE = {
  testResult: 'https://in-toto.io/attestation/test-result/v0.1',
  drill: 'https://launchgate.dev/predicate/drill/v1',
  scan: 'https://launchgate.dev/predicate/scan/v1',
  attachment: 'https://launchgate.dev/predicate/attachment/v1',
  signOff: 'https://launchgate.dev/predicate/sign-off/v1',
  waiver: 'https://launchgate.dev/predicate/waiver/v1',
  exclusion: 'https://launchgate.dev/predicate/exclusion/v1',
  breakGlass: 'https://launchgate.dev/predicate/break-glass/v1',
  policy: 'https://launchgate.dev/predicate/policy/v1',
  key: 'https://launchgate.dev/predicate/key/v1',
  baseline: 'https://launchgate.dev/predicate/decision-baseline/v1',
  verificationSummary: 'https://slsa.dev/verification_summary/v1',
} as const;
export type PredicateName = keyof typeof PREDICATE;

/** What all of Launchgate's own evidence says about its scope, as the first members of every predicate. */
export interface EvidenceScope {
  readonly control: string;
  /** `service/api`; absent: every subject of the control. */
  readonly subject?: string;
  readonly environment: string;
  /** Measured identity of the target, for drills. */
  readonly target?: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** What the result is bound to; drift in any of them makes it `drifted`. */
  readonly binds?: {
    readonly input?: Digest;
    readonly params?: Digest;
    readonly version?: number;
    readonly candidate?: Digest;
  };
}

/** One measured value of a drill. */
export interface Observation {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target?: number;
  readonly predicted?: number;
  readonly met: boolean;
}

/** Predicate of a drill's statement. */
export interface DrillPredicate extends EvidenceScope {
  readonly outcome: 'pass' | 'fail' | 'inconclusive' | 'error';
  readonly observations: readonly Observation[];
  readonly because?: string;
  /** Settings of the run that were not left as they are by default: a drill may have been made easier by them, or harder. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** A report from another tool, reduced to what can be judged: SARIF, CycloneDX or JUnit. The file itself is named by digest. */
export interface ScanPredicate extends EvidenceScope {
  readonly format: 'sarif' | 'cyclonedx' | 'junit';
  readonly tool: { readonly name: string; readonly version?: string };
  readonly report: Digest;
  /** Of a JUnit report: a sample of the tests it lists, whatever became of them, by digests of their names. Two suites of one runner have the same tool and not the same tests. */
  readonly tests?: readonly string[];
  /** Of a JUnit report: which part of a run it is, where the run was split. Without the other parts it says nothing of the whole. */
  readonly shard?: { readonly index: number; readonly of: number };
  /** Of a SARIF report: a sample of the rules it names, in the same way. Two sets of rules of one scanner have the same tool and not the same rules. */
  readonly rules?: readonly string[];
  /** Of a SARIF report: which runs its runs are like, as each of them says itself: its category, or its correlation GUID. */
  readonly categories?: readonly string[];
  /** What was scanned, where the report says so: image digests, commits. */
  readonly scanned: readonly Digest[];
  /** How much was looked at: rules for SARIF, components for CycloneDX, tests for JUnit. Zero is never a pass. */
  readonly scope: number;
  /** Why it does not hold all that there was to find; its scope is then zero. */
  readonly incomplete?: string;
  readonly counts: { readonly critical: number; readonly high: number; readonly medium: number; readonly low: number };
  readonly failed?: number;
  readonly skipped?: number;
  readonly items: readonly {
    readonly id: string;
    readonly severity: 'critical' | 'high' | 'medium' | 'low';
    readonly message: string;
    readonly location?: string;
  }[];
  /** Findings that the report itself sets aside, by a suppression or a VEX analysis: listed, and not in counts or items. */
  readonly suppressed?: readonly {
    readonly id: string;
    readonly severity: 'critical' | 'high' | 'medium' | 'low';
    readonly message: string;
    readonly location?: string;
    readonly because: string;
  }[];
}

/** A document offered as proof; only its digest and title are kept in the statement. */
export interface AttachmentPredicate extends EvidenceScope {
  readonly title: string;
  readonly mediaType: string;
  readonly size: number;
  readonly content: Digest;
  /** Facts taken from it that a control can judge. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
}

/** Facts of a Terraform plan, where an attachment is one. It is about the commit that was planned. */
export function planFacts(predicate: unknown): AttachmentPredicate['facts'] {
  const { facts } = (predicate ?? {}) as Partial<AttachmentPredicate>;
  return typeof facts?.['plan'] === 'string' ? facts : undefined;
}

/** An entry of the ledger with what it commits to, as the trust walk reads it: integrity checked, signatures not yet judged. */
export interface LedgerEntry {
  /** Position in the log; a key's validity is judged by it, never by a time somebody claims. */
  readonly index: number;
  /** The sequencer's time, RFC 3339. */
  readonly sequencedAt: string;
  /** Digest of the envelope's bytes, which is also its file name. */
  readonly digest: Digest;
  readonly envelope: Envelope;
  readonly statement: Statement;
}

/** Evidence whose signatures were judged against the keys that were valid at its index. */
export interface VerifiedEvidence extends LedgerEntry {
  /** Ids of the keys that signed it validly: `sha256:` of the raw public key. At least one. */
  readonly signers: readonly Digest[];
}

/** Signs bytes; the private key stays behind it (a file, ssh-agent, later a KMS). */
export interface Signer {
  /** `sha256:` of the raw Ed25519 public key. */
  readonly keyId: Digest;
  /** Raw public key, 32 bytes. */
  readonly publicKey: Uint8Array;
  sign(data: Uint8Array): Promise<Uint8Array>;
}
