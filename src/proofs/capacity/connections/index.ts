export { assessConnections, type ConnectionAnswer } from './assess.ts';
export type { PoolerAnswer } from './clients.ts';
export type { ConnectionInput } from './types.ts';
