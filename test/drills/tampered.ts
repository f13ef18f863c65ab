/** Parts of the lab that are broken on purpose, and made whole again. */
import { restartPart } from '../../src/drills/lab/restart.ts';
import type { Part } from '../../src/drills/lab/part.ts';
import type { DrillLab } from './drill-lab.ts';

const RESTART_MS = 120_000;

/** Restarts the parts with another `change`d definition, does the work, and restarts them as they were. */
export async function tampered<T>(
  { platform: { open } }: DrillLab,
  names: readonly string[],
  change: (part: Part) => Part,
  work: () => Promise<T>,
): Promise<T> {
  const parts = open.parts.map((part) => (names.includes(part.name) ? change(part) : part));
  await restartAll({ ...open, parts }, names);
  try {
    return await work();
  } finally {
    await restartAll(open, names);
  }
}

/** Switches parts of the kit off in all replicas of a service meanwhile. */
export async function withoutKit<T>(
  lab: DrillLab,
  service: string,
  off: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  return tampered(
    lab,
    lab.platform.open.lab.replicas(service),
    (part) => withEnv(part, { PARTS_OFF: off.join(',') }),
    work,
  );
}

export function withEnv(part: Part, env: Readonly<Record<string, string>>): Part {
  return {
    ...part,
    command(lab) {
      const command = part.command(lab);
      return { ...command, env: { ...command.env, ...env } };
    },
  };
}

/** After the part has written its configuration, and before it starts. */
export function afterPrepare(part: Part, then: (lab: Parameters<NonNullable<Part['prepare']>>[0]) => void): Part {
  return {
    ...part,
    async prepare(lab, signal) {
      await part.prepare?.(lab, signal);
      then(lab);
    },
  };
}

async function restartAll(open: DrillLab['platform']['open'], names: readonly string[]): Promise<void> {
  for (const name of names) await restartPart(open, name, AbortSignal.timeout(RESTART_MS));
}
