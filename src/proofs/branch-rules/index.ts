export { readBranchRules } from './read.ts';
export type { BranchRules, Bypass } from './types.ts';
