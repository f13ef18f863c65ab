export { assessDisruption } from './assess.ts';
export type { DisruptionAnswer } from './answer.ts';
export type { FewestByScenario, Scenario } from './fewest.ts';
export { rolloutLoss, type RolloutLoss } from './loss.ts';
export type { ReplicaRange } from './scaling.ts';
export type {
  ArgoStrategy,
  Autoscaler,
  Budget,
  CoveredWorkload,
  DeploymentStrategy,
  DisruptedWorkload,
  DisruptionInput,
  IntOrPercent,
} from './types.ts';
export type { Rejection } from './validity.ts';
export type { FewestReady, Obstacle, Verdict } from './verdict.ts';
