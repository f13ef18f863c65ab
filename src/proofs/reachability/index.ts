/**
 * Who may talk to whom, exactly, under NetworkPolicy and ClusterNetworkPolicy (and AdminNetworkPolicy, BaselineAdminNetworkPolicy).
 *
 *     const reach = reachabilityOf(view);                    // once per platform; or new Reachability(input) for hand-made input
 *     const api = podsOf(reach, 'shop/api[Deployment]');     // an Endpoint, undefined when there is no such workload
 *     reach.connection(api, db);                             // { allowed, unknown }: sets of ports; the rest is denied
 *     reach.verdict(api, db, 'TCP', 5432);                   // 'allowed' | 'denied' | 'unknown'
 *     explain(reach, api, db, 'TCP', 5432);                  // policies and rules at both ends, with origins and reasons
 *     reach.isIsolated(pods, 'ingress');                     // 'yes' | 'no' | 'unknown'; `isolation` gives the policies too
 *     portsText(connection.allowed);                         // 'TCP 5432', 'All Connections'
 *
 * An Endpoint is the pods of a class, addresses outside (`outside('10.0.0.0/8')`, `INTERNET`), a node (`OWN_NODE`: kubelet of the pod's
 * node, which always gets through; `OTHER_NODE`), `ANYONE` of whom nothing is known, or loose pods that the platform does not hold
 * (`loosePods`: a Prometheus elsewhere; `clusterDns`). Ports are those of the receiving pods: resolve a Service first (`serviceTargets`).
 *
 * The whole map comes lazily and in groups: `podGroups(reach)` (senders that are alike, receivers that are alike, the connection) and
 * `outsideGroups(reach)` (pods and sets of addresses outside). Never expand them to pairs unless they are printed. Flows: `declaredFlows(view,
 * reach)` reads those of the spec; `judgeFlows` gives the verdict on each, `overGrants` what passes between pods and no flow speaks of. What has
 * to pass though nobody declares it is in `proofs/network`.
 *
 * Views need the classes `kubernetes` and `spec`; `routedPods` needs `nginx-conf` as well.
 *
 * Connections, explanations and ports are plain data and may be part of a control's input; endpoints and `Reachability` may not.
 */
export { blockOf, joined, rangesText } from './addresses.ts';
export type { Addresses } from './addresses.ts';
export type { PodClass } from './classes.ts';
export type { Endpoint } from './endpoints.ts';
export { judgeFlows, overGrants } from './declared.ts';
export type { Flow } from './declared.ts';
export {
  ANY_POD,
  ANYONE,
  API_SERVER,
  clusterDns,
  EVERY_ADDRESS,
  INTERNET,
  loosePods,
  OTHER_NODE,
  outside,
  OWN_NODE,
  podsOf,
  UNMARKED_POD,
} from './ends.ts';
export { isolationProfiles } from './isolation.ts';
export { intersect, subtract, union } from './intervals.ts';
export { explain, unknownReasons } from './explain.ts';
export type { Explanation, RuleReference, SideExplanation } from './explain.ts';
export { outsideGroups, podGroups } from './groups.ts';
export { coversName } from './names.ts';
export { hasMost, isAll, onePort, portRange, portsText, PROTOCOLS, spans } from './ports.ts';
export type { Ports, Protocol } from './ports.ts';
export { Reachability } from './reach.ts';
export type { Connection, Verdict } from './reach.ts';
export { declaredFlows } from './read/flows.ts';
export type { DeclaredFlow } from './read/flows.ts';
export { routedPods } from './read/routed.ts';
export { everyOrdered } from './order.ts';
export { policyObjects } from './read/policies.ts';
export { podsId } from './read/pods.ts';
export { reachabilityOf, reachInput } from './read/index.ts';
export { selectedBy, serviceTargets } from './services.ts';
export type { ServiceTarget } from './services.ts';
export type * from './types.ts';
