/** Replicas that run without parts of the kit for the time of a drill. */
import type { DrillLab } from './drill-lab.ts';

export async function restarted<T>(
  { platform }: DrillLab,
  parts: readonly string[],
  off: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  for (const part of parts) await platform.restart(part, off);
  try {
    return await work();
  } finally {
    for (const part of parts) await platform.restart(part);
  }
}
