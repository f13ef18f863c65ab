export { enforcementOf, type Enforcement } from './enforcement.ts';
export { excessOf, stepsOf, type Excess } from './excess.ts';
export { foreignIn, foreignPolicies, type ForeignPolicy } from './foreign.ts';
export { leaksOf, specFlows, type Leak } from './leaving.ts';
export { mendPolicies, patchesOf, withPatches } from './mend.ts';
export { nameOf, type Need } from './need.ts';
export { needsOf } from './needs.ts';
export { proxyNames, type ProxyNames } from './proxies.ts';
export { belongTogether, ownFlows, wantedFlows } from './wanted.ts';
