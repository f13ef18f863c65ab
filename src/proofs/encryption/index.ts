export { managedDoors } from './managed.ts';
export { operatedDoors } from './operators.ts';
export { allConnections, connectionsTo, doorsOf } from './traffic.ts';
export type { Care, Connection, Door } from './types.ts';
