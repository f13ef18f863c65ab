export { resourceBlocks } from './blocks.ts';
export { configurationsOf, managedResources, titleOf, topologiesOf, type Topology } from './platform.ts';
export { stepsOf, strangersPath, type Reach } from './paths.ts';
export { admissionsOf, coversInternet, isInternet, tierOf, wayOut, type Admission, type Unclear } from './tiers.ts';
export { localFolder } from './evaluate/folder.ts';
export { documentOf, writtenIn } from './policy-json.ts';
export { makesDatabase, makesStore } from './store-modules.ts';
export { resourcesOfStore, unreadModuleOfStore } from './stores.ts';
export { TIERS, type Host, type Network, type Subnet, type Tier } from './network/types.ts';
