/** Where the scheduler may put the pods of a workload, and what the loss of a zone or a node leaves. */
export { assessPlacement } from './assess.ts';
export type { PlacementInput } from './types.ts';
