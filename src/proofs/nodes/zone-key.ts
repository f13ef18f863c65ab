/** Labels that hold the zone of a node, the old name included. */
export function isZoneKey(key: string): boolean {
  return key === 'topology.kubernetes.io/zone' || key === 'failure-domain.beta.kubernetes.io/zone';
}
