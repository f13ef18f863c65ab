export { assessConnections, type ConnectionAnswer } from './assess.ts';
export type { PoolerAnswer } from './clients.ts';
export type { Client, ConnectionInput, ConnectionParams, Pooler } from './types.ts';
