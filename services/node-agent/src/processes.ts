/** Ends everything that a shell has started and that has not left its kernel session on purpose (setsid, tmux). */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Process ids whose kernel session is `leader`'s (field 6 of /proc/PID/stat, proc(5)), and `leader` itself while it is a child of ours: one that was forked
 * a moment ago has not left our session yet. Throws where they cannot be read, as when descriptors have run out.
 */
export function membersOf(leader: number): number[] {
  const members: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const found = sessionOf(name);
    if (found === undefined || found.state === 'Z') continue;
    const young = Number(name) === leader && found.parent === process.pid;
    if (found.leader === leader || young) members.push(Number(name));
  }
  return members;
}

function sessionOf(pid: string): { leader: number; parent: number; state: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name is in parentheses and may hold anything, also parentheses and blanks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', parent: Number(fields[1]), leader: Number(fields[3]) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOT_OURS.includes(String(error.code))) return undefined;
    throw error;
  }
}

/** It ended between being listed and being read, or is another account's, which a mount with `hidepid` does not show. */
const NOT_OURS = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'];

/** A process in an uninterruptible wait outlives even SIGKILL; nobody waits for it longer than this. Milliseconds. */
const GIVE_UP = 10_000;

/** SIGHUP (and SIGCONT, for those that are stopped), then SIGKILL to whoever is left after `grace` ms. Resolves with the number that is left. */
export async function endProcesses(leader: number, grace: number): Promise<number> {
  for (const pid of reachable(leader)) signal(pid, 'SIGHUP', 'SIGCONT');
  const started = performance.now();
  for (;;) {
    const left = reachable(leader);
    const waited = performance.now() - started;
    if (left.length === 0 || waited > grace + GIVE_UP) return left.length;
    if (waited >= grace) for (const pid of left) signal(pid, 'SIGKILL');
    await sleep(Math.min(50, Math.max(5, grace / 4)));
  }
}

/** Whom to signal: the members, or, as long as nobody can tell who they are, the leader's process group; that is never "nobody". */
function reachable(leader: number): number[] {
  try {
    return membersOf(leader);
  } catch {
    return [-leader];
  }
}

function signal(pid: number, ...signals: NodeJS.Signals[]): void {
  for (const name of signals)
    try {
      process.kill(pid, name);
    } catch {
      // It ended by itself in the meantime.
    }
}
