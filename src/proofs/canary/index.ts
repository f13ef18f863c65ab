/** How a new version comes to all users, and what would stop a bad one on the way. */
export type { Concluded, Measured } from './measure.ts';
export { assessMetric, concludeAt, type MetricAnswer } from './metric.ts';
export type { DeliveryPlan, Metric, MissingTemplate, Stage, Watch } from './types.ts';
export { percentOf, podsAtWeight, shareText, type Share } from './weights.ts';
