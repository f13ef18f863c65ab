/** Random budgets and strategies, and what the comparisons with the simulations share. */
import fc from 'fast-check';
import type { Budget, DisruptedWorkload, IntOrPercent, Verdict } from '../index.ts';
import { countOf } from './eviction.ts';
import type { Explored, System } from './explore.ts';

export const RUNS = { numRuns: 4000 };
export const EVENTS = { rollsOut: false, drains: false, newBecomesReady: true };
const explored = new Map<string, Explored>();

const percent = fc.constantFrom(
  '0%',
  '1%',
  '10%',
  '25%',
  '33%',
  '34%',
  '50%',
  '51%',
  '66%',
  '67%',
  '75%',
  '99%',
  '100%',
);
const amount = fc.oneof(fc.integer({ min: 0, max: 5 }), percent);
const policy = fc.constantFrom(undefined, 'IfHealthyBudget', 'AlwaysAllow');
const budget: fc.Arbitrary<Budget> = fc
  .tuple(fc.constantFrom('minAvailable', 'maxUnavailable', 'neither'), amount, policy)
  .map(([bound, value, unhealthyPodEvictionPolicy]) => ({
    id: 'pdb',
    ...(bound !== 'neither' && { [bound]: value }),
    ...(unhealthyPodEvictionPolicy !== undefined && { unhealthyPodEvictionPolicy }),
  }));
export const budgets = fc.oneof(
  { weight: 1, arbitrary: fc.constant([]) },
  { weight: 8, arbitrary: budget.map((one) => [one]) },
  { weight: 1, arbitrary: fc.tuple(budget, budget) },
);
const isZero = (value: IntOrPercent) => value === 0 || value === '0%';
export const rolling = fc
  .record({ maxSurge: amount, maxUnavailable: amount })
  .filter(({ maxSurge, maxUnavailable }) => !(isZero(maxSurge) && isZero(maxUnavailable)));
export const replicas = fc.integer({ min: 1, max: 4 });
/** Ready pods of another workload under the same budget. */
export const beside = fc.integer({ min: 0, max: 3 });

/** A single budget that also selects so many pods of another workload. */
export function sharedWith(own: readonly Budget[], others: number): readonly Budget[] {
  if (own.length !== 1 || others === 0) return own;
  const covered = [{ id: 'Deployment shop/web', kind: 'Deployment', min: others, max: others } as const];
  return own.map((one) => ({ ...one, others: covered }));
}

/** Exploring is slow and the small worlds repeat, so each is explored once. */
export function once(name: string, facts: unknown, explorer: () => Explored): Explored {
  const key = name + JSON.stringify(facts);
  const known = explored.get(key) ?? explorer();
  explored.set(key, known);
  return known;
}

/** Whether a verdict is yes; one that is neither yes nor no is an error here. */
export function isYes({ answer }: Verdict): boolean {
  if (answer !== 'yes' && answer !== 'no') throw new Error(`the verdict is ${answer}, expected yes or no`);
  return answer === 'yes';
}

/** Budgets that differ only in how they are written make the same small world. */
export function normalized(own: readonly Budget[], total: number): unknown {
  if (own.length !== 1) return own.length;
  const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy }: Budget = own[0] ?? { id: '' };
  if (minAvailable === undefined && maxUnavailable === undefined) return ['neither', unhealthyPodEvictionPolicy];
  const kept =
    minAvailable === undefined
      ? Math.max(0, total - countOf(maxUnavailable ?? 0, total, 'up'))
      : countOf(minAvailable, total, 'up');
  return [kept, unhealthyPodEvictionPolicy === 'AlwaysAllow'];
}

export function deployment(total: number, strategy: object, room?: number) {
  const workload = { id: 'Deployment shop/api', kind: 'Deployment', replicas: total, strategy } as DisruptedWorkload;
  return { workload, ...(room !== undefined && { room }) };
}

/** Every state that a rollout without a drain passes through. */
export function reachable<S>(system: System<S>): S[] {
  const seen = new Map<string, S>();
  const queue = [...system.starts];
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    if (seen.has(system.key(state))) continue;
    seen.set(system.key(state), state);
    queue.push(...system.next(state));
  }
  return [...seen.values()];
}
