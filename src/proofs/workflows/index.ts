export { choicesOf } from './choices.ts';
export { keepsTo, namesOtherEvents } from './conditions.ts';
export {
  callsElsewhere,
  chosenAtStart,
  openEnvironments,
  productionDeploys,
  productionNames,
  type ProductionDeploy,
} from './deploys.ts';
export { isProduction, withVariables } from './deploy-command.ts';
export { answersOf, expressionsIn } from './expressions.ts';
export { actionOf, missingLocals } from './local.ts';
export { neededJobs } from './needed.ts';
export { hasPipelines, otherPipelines, otherPlanners, prowJobs, unreadPipelines } from './others.ts';
export { readPipelines } from './read.ts';
export { jobsOn, onChangeTo, type RunningJob } from './reach.ts';
export { commandsOf } from './shell.ts';
export type { Entry, Job, LocalAction, Permissions, Pipelines, Step, Trigger, Workflow } from './types.ts';
export { callersOf, possibleValues } from './values.ts';
export { ownFiles, type OwnFile } from './own-file.ts';
export { findTools, opaqueCalls, whyToothless, type ReportsOnly, type Tool, type ToolUse } from './tools.ts';
