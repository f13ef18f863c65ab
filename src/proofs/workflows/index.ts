export { choicesOf } from './choices.ts';
export { isProduction, productionDeploys, productionNames, type ProductionDeploy } from './deploys.ts';
export { answersOf, expressionsIn } from './expressions.ts';
export { readPipelines } from './read.ts';
export { jobsOn, onChange, type RunningJob } from './reach.ts';
export { commandsOf } from './shell.ts';
export type { Entry, Job, LocalAction, Permissions, Pipelines, Step, Trigger, Workflow } from './types.ts';
export { callersOf } from './values.ts';
export { findTools, opaqueCalls, type ReportsOnly, type Tool, type ToolUse } from './tools.ts';
