/** Where drills run: a system that is recognised by what it is, and what it lets a drill do. */
import type { Capabilities, CapabilityName } from '../model/drill/capabilities.ts';
import type { UndoJournal } from './undo/types.ts';

export interface Target {
  /** `lab`, or the name of an environment of the spec. Evidence is for this environment only. */
  readonly environment: string;
  /** Measured, and not inherited by a copy: what the policy enrols. */
  readonly identity: string;
  readonly offers: ReadonlySet<CapabilityName>;
  /** Bound to one use: a step, a probe. Members that are not offered throw when they are read. Must be cheap. */
  capabilities(use: Use): Capabilities;
  close(): Promise<void>;
}

/** What a capability gets of the run that uses it. */
export interface Use {
  /** Aborted when the time of the step or probe is up, or the run halts. Everything that waits listens to it. */
  readonly signal: AbortSignal;
  /** Asked before everything that makes the target worse off. */
  readonly undo: UndoJournal;
  /** Id of the run: what it starts beside the target carries it in its environment, see `RUN_MARK`. */
  readonly run: string;
  /** Folder of the run for data, reachable by the users of servers (mode 0711); removed when the run ends. */
  readonly scratch: string;
}
