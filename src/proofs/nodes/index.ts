export { nodePools } from './read.ts';
export { tolerationsAt, toleratesAll } from './taints.ts';
export type { NodePool, Room, Toleration } from './types.ts';
export { isZoneKey } from './zone-key.ts';
