import { readFileSync } from 'node:fs';
import { run, runLast } from './command.ts';

/** Every namespace made here is called `lgnet-PID-START-…`: whose it is can be told, and whether its owner still lives. */
const PREFIX = 'lgnet';

/** Names for this process; the counter parts networks of the same process. */
export function ownPrefix(counter: number): string {
  return `${PREFIX}-${process.pid}-${startOf(process.pid) ?? '0'}-${counter}`;
}

/** Ticks since boot at which a process began (proc(5), field 22 of `stat`), so that a pid used again is no owner. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Removes the namespaces of processes that are gone; with them go their interfaces and rulesets. Answers their names. */
export async function sweep(): Promise<string[]> {
  const orphans = (await namespaces()).filter(isOrphan);
  for (const name of orphans) await run('ip', ['netns', 'delete', name]);
  return orphans;
}

/** The namespaces of the machine that were made here, by whomever. */
export async function namespaces(): Promise<string[]> {
  const listed = await run('ip', ['netns', 'list']);
  return listed
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name.startsWith(`${PREFIX}-`));
}

function isOrphan(name: string): boolean {
  const [, pid, start] = name.split('-');
  return startOf(Number(pid)) !== start;
}

/** Removes namespaces at once, without waiting for anything. */
export function removeNow(names: readonly string[]): void {
  for (const name of names) runLast('ip', ['netns', 'delete', name]);
}
