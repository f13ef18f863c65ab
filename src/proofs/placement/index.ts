/** Where the scheduler may put the pods of a workload, and what the loss of a zone or a node leaves. */
export { assessPlacement, type PlacementAnswer } from './assess.ts';
export type { PlacementInput } from './types.ts';
