export { compileNftables, rulesetText, type Ruleset } from './compile.ts';
export type { PlacedPod } from './places.ts';
