import type { AcceptableEvidence, ControlMeta, Half } from '../model/control.ts';
import type { Digest } from '../model/digest.ts';
import type { GateDefinition } from '../model/policy.ts';
import type { Candidate, Choices, Judgement } from '../model/report.ts';
import type { Result } from '../model/result.ts';
import type { Spec } from '../model/spec.ts';
import type { Authorship } from './authorship.ts';
import type { Trust } from './trust.ts';

/** A control as the gate knows it: what it claims, which halves exist, and how it judges evidence from outside. */
export interface GateControl {
  readonly meta: ControlMeta;
  /** Halves that are built; the others are missing whatever the ledger holds. */
  readonly built: readonly Half[];
  /** The control's accept with its params resolved for the subject. Pure. */
  readonly accept?: (subject: string, evidence: readonly AcceptableEvidence[], at: Date) => Result;
}

/** What evidence must be bound to, so that drift shows: as the engine computes it now for an environment. */
export interface Binding {
  readonly environment: string;
  readonly control: string;
  readonly subject: string;
  readonly input: Digest;
  readonly params: Digest;
  readonly version: number;
  readonly paramOrigins?: Judgement['paramOrigins'];
  /** What of the environment could not be read and may be a part of the input, in words. */
  readonly unread?: string;
}

/** Everything a decision is made of. All of it is recomputed or verified; nothing is what the candidate says of itself. */
export interface GateInput {
  readonly gate: GateDefinition;
  readonly trust: Trust;
  readonly candidate: Candidate;
  readonly authorship: Authorship;
  /** Of an unpinned candidate: why it is, and what mends it. */
  readonly unpinned?: { readonly because: string; readonly next: string };
  readonly choices?: Choices;
  readonly spec: Spec;
  /** The whole catalog, the user's own controls included. */
  readonly controls: readonly GateControl[];
  /** Control id -> the subjects it must hold for, in the gate's environment. */
  readonly expected: ReadonlyMap<string, readonly string[]>;
  /** The checks of the candidate in the gate's environment, recomputed. */
  readonly judgements: readonly Judgement[];
  /** For controls without a check, and for the environments whose evidence may serve here. */
  readonly bindings?: readonly Binding[];
  /** Subject -> digests of the images it runs, and references of those that are not pinned; each must be covered by a scan of the subject. */
  readonly artifacts?: ReadonlyMap<string, readonly string[]>;
  /** Evidence links of tracks -> whether they resolve. A link that is not in here does not. */
  readonly links?: ReadonlyMap<string, boolean>;
  readonly ledger: { readonly size: number; readonly root: string };
  readonly at: Date;
  readonly replay?: boolean;
}

/** Subject of a requirement that has none. */
export const NO_SUBJECT = '*';

/** Key of a control and subject in every index here. */
export function keyOf(control: string, subject: string): string {
  return `${control} ${subject}`;
}

/** Undoes {@link keyOf}: a control's id holds no space. */
export function splitKey(key: string): readonly [control: string, subject: string] {
  const space = key.indexOf(' ');
  return [key.slice(0, space), key.slice(space + 1)];
}

/** A member by a name out of a description: every object answers to `constructor`, and that is no member. */
export function memberOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
