export { assessDisruption } from './assess.ts';
export type { DisruptionAnswer } from './answer.ts';
export { openAmong, refutation } from './finding.ts';
export { rolloutLoss, wholeSetLoss } from './loss.ts';
export { selectorPlace } from './places.ts';
export type { Budget, DisruptedWorkload, DisruptionInput, IntOrPercent } from './types.ts';
export type { Obstacle, Verdict } from './verdict.ts';
