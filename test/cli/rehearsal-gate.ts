/** A platform in a folder of its own, whose policy has the gate of its lab. */
import { onTestFinished } from 'vitest';
import { gated } from './gated.ts';
import type { Workspace } from './workspace.ts';

/** The gate of the lab: one drill. */
export const REHEARSAL = {
  name: 'lab-rehearsal',
  environment: 'lab',
  requires: [{ controls: ['alert-delivery'], halves: ['drill' as const] }],
};

export async function world(): Promise<Workspace> {
  const made = await gated();
  onTestFinished(() => made.remove());
  await made.propose((policy) => ({ ...policy, gates: [...(policy.gates ?? []), REHEARSAL] }));
  return made;
}
