/** What both rehearsals have in common. */
import { CannotTell, type DrillSubject, type StepContext } from '../../model/drill/drill.ts';
import type { Caller, Knock, TlsDoor, Trust } from '../../model/drill/trust.ts';
import { untilSteady } from '../../proofs/drilling/wait.ts';
import type { Params } from './check.ts';
import type { Lifecycle } from './input.ts';

export type Needs = 'trust' | 'load' | 'edge' | 'people';
export type Subject = DrillSubject<Lifecycle, Params>;
export type Context = StepContext<Needs>;

export interface Parameters {
  readonly perSecond: number;
  readonly lifeSeconds: number;
}

export const MINUTE = 60_000;

/** Doors of the workloads that the certificate is issued to; none where the target serves none of it. */
export function doorsIn({ input }: Subject, { certificates }: Trust): TlsDoor[] {
  return certificates.served.filter(({ workload }) => input.holders.includes(workload)).map(({ door }) => door);
}

/** The same, of which there must be one. */
export function doorsOf(subject: Subject, trust: Trust): TlsDoor[] {
  const doors = doorsIn(subject, trust);
  if (doors.length === 0) throw new CannotTell(`the target serves no certificate of ${subject.id}`);
  return doors;
}

export interface Awaited {
  readonly holds: (knock: Knock) => boolean;
  readonly inARow: number;
  readonly withinMs: number;
}

/** Knocks as that caller until the answer stays; milliseconds, `undefined` when it did not come in time. */
export function untilAnswered(
  { target: { trust }, signal }: Context,
  door: TlsDoor,
  caller: Caller,
  { holds, inARow, withinMs }: Awaited,
): Promise<number | undefined> {
  return untilSteady(async () => holds(await trust.knock(door, caller)), { inARow, withinMs, signal });
}
