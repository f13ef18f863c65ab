/** `lab up`: what a former lab left is ended, places and ports are taken, all parts are started; or nothing is left behind. */
import { readdirSync } from 'node:fs';
import { LaunchgateError } from '../../model/errors.ts';
import type { ReachInput } from '../../proofs/reachability/index.ts';
import { makeLab } from './context.ts';
import type { Lab, Part } from './part.ts';
import { allParts } from './parts/index.ts';
import type { LabPlan } from './plan.ts';
import { ownedProcesses } from './run/owned.ts';
import { emptyPlace, isForeign, lockLab, makeFolders, makePlace, removePlace } from './run/place.ts';
import { reservePorts } from './run/ports.ts';
import { bootId } from './run/proc.ts';
import { findProgram } from './run/programs.ts';
import { startParts } from './run/start.ts';
import { readState, writeState, type LabState, type PartState } from './run/state.ts';
import { killRest } from './run/stop.ts';
import { closeSegments, openSegments, segmentParts } from './segments/index.ts';
import { openTrust } from './trust/store.ts';

export interface UpOptions {
  readonly directory: string;
  readonly plan: LabPlan;
  /** Path of the spec, remembered for `status`. */
  readonly spec: string;
  /** Called once the directory is the lab's, before anything is started. */
  readonly prepared?: () => void;
  /** Leaves folders and logs of a start that failed, to be looked at. */
  readonly keep: boolean;
  /** The policies that stand between the parts, each in a network namespace of its own; undefined: all share this machine's network. */
  readonly policies?: ReachInput;
  readonly signal: AbortSignal;
  /** Told each change: a part's phase, or a word about something else. */
  readonly watch: (event: LabEvent) => void;
}

export type LabEvent =
  | { readonly kind: 'part'; readonly part: string; readonly phase: PartState['phase']; readonly of: number }
  | { readonly kind: 'note'; readonly text: string };

/** A Debian program that is missing, and what the lab does without. */
export interface MissingProgram {
  readonly part: string;
  readonly package: string;
  readonly loses: string;
}

export interface UpReport {
  readonly lab: Lab;
  readonly state: LabState;
  readonly missing: readonly MissingProgram[];
}

/** Starts the lab. When this throws, no process of it is left, and unless `keep` is set no file. */
export async function up(options: UpOptions): Promise<UpReport> {
  const { directory, plan, signal } = options;
  refuseForeign(directory);
  const lock = await lockLab(directory);
  try {
    const former = await endLeftovers(options);
    const { parts, missing } = installedParts(plan);
    const state = former ?? makePlace(directory, options.spec);
    await describe(state, plan, parts, missing);
    state.segmented = options.policies !== undefined;
    writeState(directory, state);
    try {
      makeFolders(directory, state);
      options.prepared?.();
      return { ...(await start(options, state, parts)), missing };
    } catch (error) {
      await giveUp(directory, state, options.keep);
      throw signal.aborted ? interrupted(error) : error;
    }
  } finally {
    await lock.release();
  }
}

async function start({ directory, plan, policies, signal, watch }: UpOptions, state: LabState, parts: readonly Part[]) {
  const trust = await openTrust(directory, state.host);
  const lab = makeLab({ directory, state, plan, parts, trust });
  const note = (part: string, change: Partial<PartState>) => {
    Object.assign(state.parts[part]!, change);
    writeState(directory, state);
    if (change.phase !== undefined) watch({ kind: 'part', part, phase: change.phase, of: parts.length });
  };
  if (policies !== undefined) {
    const { id, host } = state;
    await openSegments({ id, host, parts: segmentParts(state.parts), spec: plan.spec, reach: policies });
  }
  await startParts(parts, { lab, trust, signal, note });
  state.phase = 'up';
  writeState(directory, state);
  return { lab, state };
}

/** Ends what a lab that was not taken down has left, and says so. Answers the state of one that was kept on purpose. */
async function endLeftovers({ directory, watch }: UpOptions): Promise<LabState | undefined> {
  const former = readState(directory);
  if (former === undefined) return undefined;
  const running = ownedProcesses(directory, former);
  if (former.phase === 'up' && running.length > 0)
    throw new LaunchgateError('refused', `a lab is up in ${directory}, with ${running.length} processes`, {
      next: 'See it with "launchgate lab status", end it with "launchgate lab down", or start another one with --directory.',
    });
  if (former.phase === 'kept' && running.length === 0)
    return { ...former, phase: 'starting', bootId: bootId(), startedAt: new Date().toISOString() };
  await endAll(directory, former);
  emptyPlace(directory, former);
  watch({
    kind: 'note',
    text: `A lab that was not taken down lay in ${directory}: ended ${running.length} processes of it and removed its files.`,
  });
  return undefined;
}

/** Nothing of a start that failed is worth an orderly end: everything is killed. */
async function giveUp(directory: string, state: LabState, keep: boolean): Promise<void> {
  await endAll(directory, state);
  if (keep) writeState(directory, { ...state, phase: 'kept' });
  removePlace(directory, state, keep);
}

async function endAll(directory: string, state: LabState): Promise<void> {
  const { left } = await killRest(directory, state);
  if (left.length > 0) {
    throw new LaunchgateError(
      'internal',
      `processes ${left.map(({ pid }) => pid).join(', ')} of the lab do not end, not even when killed`,
      {
        next: 'Look what they wait for in /proc/PID/stack, then run "launchgate lab down".',
      },
    );
  }
  if (state.segmented) await closeSegments(state.id);
}

function installedParts(plan: LabPlan): { parts: Part[]; missing: MissingProgram[] } {
  const wanted = allParts(plan);
  const missing = wanted.filter(({ program }) => program !== undefined && findProgram(program.file) === undefined);
  const required = missing.filter(({ program }) => program!.required === true);
  if (required.length > 0) {
    const files = [...new Set(required.map(({ program }) => program!.file))].join(', ');
    const packages = [...new Set(required.map(({ program }) => program!.package))].join(' ');
    throw new LaunchgateError('not-found', `the lab cannot run without ${files}`, {
      next: `Run tools/setup, or apt-get install ${packages}.`,
    });
  }
  return {
    parts: wanted.filter((part) => !missing.includes(part)),
    missing: missing.map(({ name, program }) => ({ part: name, package: program!.package, loses: program!.loses })),
  };
}

/** Notes the parts in the state, each with its ports: those it had before, where they are still free. */
async function describe(
  state: LabState,
  plan: LabPlan,
  parts: readonly Part[],
  missing: readonly MissingProgram[],
): Promise<void> {
  const wanted = parts.flatMap((part) => (part.ports ?? []).map((port) => ({ part: part.name, port })));
  const ports = await reservePorts(wanted.map(({ part, port }) => state.parts[part]?.ports[port]));
  state.parts = Object.fromEntries(
    parts.map(({ name, needs, once = false, stop = { signal: 'SIGTERM', timeoutMs: 10_000 } }) => [
      name,
      { phase: 'planned' as const, ports: {}, once, needs: [...needs], stop, restarts: 0 },
    ]),
  );
  for (const [index, { part, port }] of wanted.entries()) state.parts[part]!.ports[port] = ports[index]!;
  state.replicas = Object.fromEntries(plan.replicas);
  state.off = Object.fromEntries([...plan.off].map(([service, names]) => [service, [...names]]));
  state.missing = missing.map((one) => one.package);
}

function refuseForeign(directory: string): void {
  let listing: string[];
  try {
    listing = readdirSync(directory);
  } catch {
    return;
  }
  if (isForeign(listing))
    throw new LaunchgateError('usage', `${directory} holds files that are not a lab's`, {
      next: 'Give --directory a new or an empty folder: "lab down" removes it with all that is in it.',
    });
}

function interrupted(cause: unknown): LaunchgateError {
  return new LaunchgateError('lab-failed', 'interrupted; nothing of the lab is left', { cause });
}
