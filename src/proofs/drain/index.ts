/** Whether a pod that must go ends its open work, by the numbers of everything around it. */
export { assessDrain, type DrainAnswer } from './assess.ts';
export type { Delays, DrainInput } from './types.ts';
