import type { Half, Stage } from './control.ts';
import type { Digest } from './digest.ts';
import type { Location } from './origin.ts';
import type { Deployable, Gap } from './platform.ts';
import type { Outcome, Severity, Step, Witness } from './result.ts';

/** One row of a check's answer, flat so that it can be filtered with jq. */
export interface CheckRow {
  readonly control: string;
  /** `service/api`. */
  readonly subject: string;
  readonly outcome: Outcome;
  /** Of the finding; of the control for other outcomes. */
  readonly severity: Severity;
  readonly message: string;
  /** Path relative to the checked root. */
  readonly location?: Location;
  readonly remediation?: string;
  readonly counterExample?: readonly Step[];
  readonly witness?: Witness;
  /** Set when an inline comment silences the finding, for `check` only. */
  readonly ignored?: { readonly reason: string; readonly until: string };
  /** True when a baseline already held it. */
  readonly known?: boolean;
  /** True when nothing but what could not be read keeps it from being told: the causes stand in the report's `unread`. */
  readonly unread?: true;
}

/** The value of a param and the layer that set it. */
export interface ParamOrigin {
  readonly value: unknown;
  readonly from: 'default' | 'policy' | 'platform' | 'environment' | 'subject';
}

/** What a control concluded for a subject, before it is flattened; the gate reads these. */
export interface Judgement {
  readonly control: string;
  readonly subject: string;
  readonly outcome: Outcome;
  readonly rows: readonly CheckRow[];
  /** Digest of what was read, less every origin. */
  readonly input: Digest;
  readonly params: Digest;
  readonly paramOrigins: Readonly<Record<string, ParamOrigin>>;
  readonly version: number;
}

/** The answer of `launchgate check`. */
export interface CheckReport {
  readonly apiVersion: 'launchgate/v1';
  readonly kind: 'CheckReport';
  readonly tool: { readonly name: 'launchgate'; readonly version: string };
  readonly platform: {
    readonly name: string;
    readonly environment: string;
    readonly provisional: boolean;
    readonly digest: Digest;
  };
  readonly assumptions: readonly string[];
  readonly deployables: readonly Deployable[];
  /** What could not be read or rendered, why, and what mends it. */
  readonly unread: readonly Gap[];
  /** Files that are there and are not what runs, with the reason. */
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
  readonly findings: readonly CheckRow[];
  /** Ids of controls about people and process that wait for a spec. */
  readonly waiting: readonly string[];
  /** Ids of controls that found nothing to judge here; never counted as passes. */
  readonly withoutSubject: readonly string[];
  readonly summary: Readonly<Record<Outcome, number>> & {
    readonly controls: number;
    readonly subjects: number;
    readonly ignored: number;
  };
}

/** No control came to a judgement: not one row is a pass or a failure. */
export function sawNothing({ findings }: CheckReport): boolean {
  return findings.every(({ outcome }) => outcome !== 'pass' && outcome !== 'fail');
}

/** Nothing was found that would run, and nobody says what should: whatever holds says little, and is no pass of a platform. */
export function nothingDeploys({ platform, deployables }: CheckReport): boolean {
  return platform.provisional && deployables.length === 0;
}

/** State of one requirement of a gate. Everything but `satisfied`, `waived` and `excluded` blocks. */
export type RequirementStatus =
  | 'satisfied'
  | 'missing'
  | 'failed'
  | 'inconclusive'
  | 'stale'
  | 'drifted'
  | 'weakened'
  | 'waived'
  | 'excluded'
  | 'error';

export interface RequirementState {
  readonly control: string;
  readonly subject: string;
  readonly state: RequirementStatus;
  /** Half that decided, where one did. */
  readonly half?: Half;
  readonly because: string;
  readonly owner?: string;
  /** The one thing to do next, an imperative sentence; empty when nothing is. */
  readonly next: string;
  readonly evidence: readonly Digest[];
  readonly stage: Stage;
  readonly track?: string;
  /** RFC 3339: when the evidence that carries it expires. */
  readonly expires?: string;
}

export interface TrackState {
  readonly id: string;
  readonly title: string;
  readonly owner?: string;
  readonly target?: string;
  readonly derived: 'open' | 'in_progress' | 'done';
  readonly declared?: 'open' | 'in_progress' | 'done';
  readonly because: string;
}

/** What a gate says of a candidate, before it is signed. */
export interface Decision {
  readonly apiVersion: 'launchgate/v1';
  readonly kind: 'Decision';
  readonly gate: string;
  readonly environment: string;
  readonly verdict: 'GO' | 'NO-GO';
  /** RFC 3339, UTC. */
  readonly at: string;
  /** True when `--at` was given: printed as a replay, never signed. */
  readonly replay: boolean;
  readonly candidate: Candidate;
  /** What whoever decided chose where the policy leaves a choice; absent where nothing was chosen. */
  readonly choices?: Choices;
  readonly policy: { readonly version: number; readonly digest: Digest; readonly root: Digest };
  readonly ledger: { readonly size: number; readonly root: string };
  /** Digest over all non-human inputs: what persons sign. */
  readonly seal: Digest;
  readonly requirements: readonly RequirementState[];
  readonly tracks: readonly TrackState[];
  /** Reasons that block the decision as a whole: unpinned candidate, weakened spec, missing sign-off. */
  readonly blocks: readonly {
    readonly code: string;
    readonly because: string;
    readonly next: string;
    readonly owner?: string;
  }[];
  readonly waivers: readonly {
    readonly control: string;
    readonly subject: string;
    readonly reason: string;
    readonly approver: string;
    readonly expires: string;
  }[];
  /** Set while a break-glass is in force. The verdict stays NO-GO. */
  readonly breakGlass?: { readonly reason: string; readonly persons: readonly string[]; readonly expires: string };
  /** Told, not blocking: contradicted statuses, undated milestones, refused evidence. */
  readonly notes?: readonly string[];
  /** Digest of every statement of the ledger that the decision rests on. */
  readonly inputs?: readonly Digest[];
}

/** What the policy leaves to whoever decides. Whoever relies on the decision must have expected it. */
export interface Choices {
  /** Of a built-in gate: the environment whose evidence was let serve. */
  readonly from?: string;
  /** Renders that the repository brings along are believed where a tool is missing. */
  readonly pinnedRenders?: true;
}

/** What a gate decides about. */
export interface Candidate {
  readonly environment: string;
  /** False when there is no git commit to pin, or the work tree differs from it: NO-GO. */
  readonly pinned: boolean;
  readonly commits: readonly { readonly repository: string; readonly commit: string }[];
  readonly images: readonly { readonly reference: string; readonly digest?: Digest }[];
  readonly platform: Digest;
  /** Addresses of those who wrote what it brings; their sign-offs do not count. */
  readonly authors?: readonly string[];
  readonly digest: Digest;
}
