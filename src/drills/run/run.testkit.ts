/** A target of one process, to show the engine what a run is without a platform around it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Rehearsal } from '../../model/drill/drill.ts';
import type { Parts } from '../../model/drill/parts.ts';
import { processInfo } from '../lab/run/proc.ts';
import type { Target, Use } from '../target.ts';
import { offering } from '../targets/offered.ts';
import type { Rehearsed } from './rehearse.ts';

/** A process that does nothing, as the only part of a target. */
export interface OneProcess {
  readonly target: Target;
  readonly pid: number;
  /** `T` where it is stopped (man 5 proc). */
  state(): string | undefined;
  end(): void;
}

export function startOneProcess(): OneProcess {
  const child: ChildProcess = spawn('sleep', ['600'], { stdio: 'ignore' });
  return { ...oneProcess(child.pid!), end: () => void child.kill('SIGKILL') };
}

/** The same target, seen from another process. */
export function oneProcess(pid: number): Omit<OneProcess, 'end'> {
  const target: Target = {
    environment: 'lab',
    identity: `process:${pid}`,
    ...offering('the process', { parts: (use) => freezing(pid, use) }),
    close: () => Promise.resolve(),
  };
  return { target, pid, state: () => stateOf(pid) };
}

function freezing(pid: number, { undo }: Use): Parts {
  const no = (): never => {
    throw new Error('not of this target');
  };
  return {
    all: ['sleeper'],
    replicas: no,
    serversOf: no,
    ready: () => Promise.resolve(stateOf(pid) !== 'T'),
    health: no,
    processorSeconds: no,
    machine: no,
    async freeze(part) {
      const { startedAt } = processInfo(pid)!;
      await undo.before({ kind: 'thaw', data: { part, processes: [{ pid, startedAt }] } });
      process.kill(pid, 'SIGSTOP');
    },
    thaw: no,
    /** Notes what nobody can take back. */
    kill: async (part) => void (await undo.before({ kind: 'start-part', data: { directory: '/dev/null', part } })),
    start: no,
    restart: no,
  };
}

function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2)[0];
  } catch {
    return undefined;
  }
}

/** A rehearsal of that target, with what a test cares about put in. */
export function rehearsed(rehearsal: Partial<Rehearsal>): Rehearsed {
  return {
    control: 'chaos',
    summary: 'A process is stopped.',
    blastRadius: 'One process of the test.',
    parameters: {},
    rehearsal: { name: 'a pause', subjects: ['service/sleeper'], hypothesis: [], method: [], ...rehearsal },
  };
}

/** A folder for runs. */
export function runsFolder(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'launchgate-runs-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
