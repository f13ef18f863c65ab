/** The processors of this machine: how much of them was used, and how much of it by others than those who are asked about. */
import { readFileSync } from 'node:fs';
import type { MachineUse } from '../../../model/drill/parts.ts';
import { processorSeconds, TICKS, type ProcessId } from './proc.ts';

/** The use so far. `own` are the processes that belong together; all else, other guests of the same host included, are others. */
export function machineUse(own: readonly Pick<ProcessId, 'pid'>[]): MachineUse {
  const stat = readFileSync('/proc/stat', 'utf8');
  const { user, nice, system, irq, softirq, steal } = processorTimes(stat);
  const mine = own.reduce((sum, { pid }) => sum + processorSeconds(pid), 0);
  return {
    processors: stat.match(/^cpu\d/gm)?.length ?? 0,
    busySeconds: user + nice + system + irq + softirq + steal,
    // Interrupts are nobody's: most of them are the packets of the load itself.
    othersSeconds: user + nice + system + steal - mine,
  };
}

/** Seconds of all processors by what they were spent on: the first line of /proc/stat, in ticks (man 5 proc). */
function processorTimes(stat: string) {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = stat
    .slice('cpu '.length, stat.indexOf('\n'))
    .trim()
    .split(' ')
    .map((ticks) => Number(ticks) / TICKS);
  return { user, nice, system, irq, softirq, steal };
}
