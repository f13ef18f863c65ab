import type { ZodType } from 'zod';
import type { SourceClass } from './document.ts';
import type { Digest } from './digest.ts';
import type { AnyDrill } from './drill/drill.ts';
import type { Origin } from './origin.ts';
import type { PlatformView } from './platform.ts';
import type { Result, Severity } from './result.ts';
import type { Spec } from './spec.ts';

/** When a control is due. Where source documents disagree the earlier date wins. */
export const STAGES = ['day-0', 'week-1', 'weeks-2-3', 'months-1-2', 'deferred'] as const;
export type Stage = (typeof STAGES)[number];

export const AREAS = [
  'edge',
  'service-behaviour',
  'east-west',
  'workloads',
  'supply-chain',
  'secrets',
  'observability',
  'data',
  'delivery',
  'operations',
] as const;
export type Area = (typeof AREAS)[number];

/** The halves of a control. Every one it has must pass. */
export type Half = 'check' | 'drill' | 'accept';

export interface ControlMeta {
  /** Equals the folder's name. */
  readonly id: string;
  readonly title: string;
  /** One thing that must hold, as a sentence that can be false. */
  readonly statement: string;
  readonly area: Area;
  readonly stage: Stage;
  /** Required by the public launch. */
  readonly launch: boolean;
  /** Where the requirement comes from: `PB1` (platform-baseline §1), `OT5` (ops track item), `LR`, `PF`, `IR6`. */
  readonly sources: readonly string[];
  /** All halves the control has, built or not; a half that is not built yet is reported as missing. */
  readonly halves: readonly Half[];
  /** Source classes its query reads. */
  readonly reads: readonly SourceClass[];
  /** Weight of its findings where they give none of their own, and the order of a first run. */
  readonly severity: Severity;
  /** `platform`: judged on manifests and code. `people`: judged on what the spec says of people and process; waits for a spec. */
  readonly about: 'platform' | 'people';
  /** Section of launchgate.yaml that it judges, where it judges one: its findings point there unless they know better. */
  readonly section?: keyof Spec;
  /** False: no waiver covers it. */
  readonly waivable: boolean;
  /** Raised with every change of the check's judgement; part of what evidence is bound to. */
  readonly version: number;
}

export const SUBJECT_KINDS = [
  'service',
  'store',
  'environment',
  'repository',
  'flow',
  'credential',
  'slo',
  'platform',
  'deployable',
] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/** What a control is about. Its id is `kind/name`. */
export interface Subject {
  readonly kind: SubjectKind;
  readonly name: string;
}

export function subjectId(subject: Subject): string {
  return `${subject.kind}/${subject.name}`;
}

/** The subject of an id, as {@link subjectId} makes it. */
export function subjectOf(id: string): Subject {
  const slash = id.indexOf('/');
  return { kind: id.slice(0, slash) as Subject['kind'], name: id.slice(slash + 1) };
}

/** A declared read of the platform. Its result, less every `origin`, is what evidence is bound to: keep it narrow. */
export type Query<I> = (view: PlatformView) => I;

export interface Control<I, P> {
  readonly meta: ControlMeta;
  /** Thresholds and names that differ between companies, each with a default. */
  readonly params: ZodType<P>;
  /** The things it must hold for. None at all is never a pass. */
  subjects(view: PlatformView): Subject[];
  /** The slice of the platform that decides about the subject. */
  inputs(subject: Subject): Query<I>;
  check?(subject: Subject, input: I, params: P): Result;
  synth?(subject: Subject, input: I, params: P): Patch[];
  /** Of a subject that fails: why nothing, or not everything, is written for it, and what to do instead. */
  withheld?(subject: Subject, input: I, params: P): string | undefined;
  accept?(evidence: readonly AcceptableEvidence[], params: P, at: Date): Result;
  /** Loaded only when it is run or listed, so that `check` starts fast. */
  drill?(): Promise<AnyDrill>;
}

/** A control with its types erased, as the engine and the catalog hold it. */
export type AnyControl = Control<unknown, unknown>;

/** Evidence from outside, as `accept` judges it: signature and inclusion already verified, bound to this subject and candidate. */
export interface AcceptableEvidence {
  readonly digest: Digest;
  readonly predicateType: string;
  readonly predicate: unknown;
  /** Digests of what it is about. */
  readonly subjects: readonly Digest[];
  /** Earlier of finished and sequenced. */
  readonly at: Date;
}

/** A change to a source that mends a finding. Applied to YAML without touching the rest of the file. */
export type Patch =
  | { readonly op: 'set'; readonly origin: Origin; readonly value: unknown; readonly reason: string }
  | { readonly op: 'remove'; readonly origin: Origin; readonly reason: string }
  /** A new Kubernetes object, written beside the source that owns `beside` and listed where that folder's kustomization needs it. */
  | {
      readonly op: 'add-object';
      readonly beside: Origin;
      readonly object: Readonly<Record<string, unknown>>;
      readonly reason: string;
    }
  | { readonly op: 'create-file'; readonly path: string; readonly content: string; readonly reason: string };

/** Identity helper that infers the types of a control from its parts. */
export function defineControl<I, P>(control: Control<I, P>): Control<I, P> {
  return control;
}
