export { readBranchRules } from './read.ts';
export type { BranchRules } from './types.ts';
