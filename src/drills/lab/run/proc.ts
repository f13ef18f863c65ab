/** Processes as the kernel tells of them in /proc: a pid alone names nobody, since pids are used again; with its start time it does. */
import { readdirSync, readFileSync } from 'node:fs';
import { readLink } from '../read-link.ts';

/** Of a second, as the kernel counts for user space on every architecture (USER_HZ). */
export const TICKS = 100;

export interface ProcessId {
  readonly pid: number;
  /** When it was started, in clock ticks since boot: field 22 of /proc/PID/stat (man 5 proc). */
  readonly startedAt: number;
}

export interface ProcessInfo extends ProcessId {
  readonly parent: number;
  readonly session: number;
  /** True for one that has ended and waits for its parent to notice. */
  readonly defunct: boolean;
}

/** The process with this pid right now, `undefined` where there is none. */
export function processInfo(pid: number): ProcessInfo | undefined {
  const text = readText(`/proc/${pid}/stat`);
  return text === undefined ? undefined : parseStat(text);
}

/** The line of /proc/PID/stat. The name in parentheses may hold anything, parentheses and spaces included, so fields count from the last one. */
export function parseStat(line: string): ProcessInfo | undefined {
  const end = line.lastIndexOf(')');
  const pid = Number.parseInt(line, 10);
  const [state, parent, , session, ...rest] = line.slice(end + 2).split(' ');
  const startedAt = Number(rest[15]);
  if (end < 0 || !Number.isSafeInteger(pid) || !Number.isSafeInteger(startedAt)) return undefined;
  return { pid, startedAt, parent: Number(parent), session: Number(session), defunct: state === 'Z' || state === 'X' };
}

/**
 * Processor time that it has used, and its children that have ended and been waited for, seconds: fields 14 to 17 of its line, in ticks.
 * 0 for one that has ended.
 */
export function processorSeconds(pid: number): number {
  const line = readText(`/proc/${pid}/stat`) ?? '';
  const times = line
    .slice(line.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15);
  return times.reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
}

/** Whether that very process runs, and not another one that was given its pid. */
export function runs({ pid, startedAt }: ProcessId): boolean {
  const now = processInfo(pid);
  return now !== undefined && now.startedAt === startedAt && !now.defunct;
}

/** Every process of the machine that has not ended. */
export function allProcesses(): ProcessInfo[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => processInfo(Number(name)))
    .filter((info): info is ProcessInfo => info !== undefined && !info.defunct);
}

/** A process with its descendants: each connection of PostgreSQL has a process of its own. */
export function family(leader: ProcessId): ProcessId[] {
  const everything = allProcesses();
  const found: ProcessId[] = [leader];
  for (const { pid } of found)
    found.push(
      ...everything.filter((one) => one.parent === pid).map(({ pid: child, startedAt }) => ({ pid: child, startedAt })),
    );
  return found.map(({ pid, startedAt }) => ({ pid, startedAt }));
}

/** A variable of the environment that the process was started with; programs that show a title of their own overwrite it. */
export function startedWith(pid: number, name: string): string | undefined {
  const entries = readText(`/proc/${pid}/environ`)?.split('\0') ?? [];
  return entries.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}

export function workingFolder(pid: number): string | undefined {
  return readLink(`/proc/${pid}/cwd`);
}

export function executable(pid: number): string | undefined {
  return readLink(`/proc/${pid}/exe`);
}

/** Seconds that a process has run. */
export function uptimeSeconds({ startedAt }: ProcessId): number {
  const [up] = readFileSync('/proc/uptime', 'utf8').split(' ');
  return Math.max(0, Number(up) - startedAt / TICKS);
}

/** Changes with every boot: pids of another one mean nothing. */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
