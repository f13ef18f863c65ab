export { createAgent, type Agent, type AgentOptions } from './agent.ts';
export { ownAccount, type ShellAccount } from './environment.ts';
export { DEFAULT_LIMITS, type Limits } from './limits.ts';
export type { AgentMetrics } from './metrics.ts';
export type { RecordingPolicy } from './recorder.ts';
