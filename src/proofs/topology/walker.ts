/**
 * A second implementation for the tests, that shares nothing with the engine: it sends one packet at a time, from one address, to one
 * port, with one port for the answer, and asks every rule in turn. Addresses are plain numbers.
 */
export interface PlainRule {
  readonly cidr: string;
  readonly protocol: 'tcp' | 'udp' | 'all';
  readonly from: number;
  readonly to: number;
}

export interface PlainAclRule extends PlainRule {
  readonly number: number;
  readonly allow: boolean;
}

export interface PlainAcl {
  readonly ingress: readonly PlainAclRule[];
  readonly egress: readonly PlainAclRule[];
}

export interface PlainRoute {
  readonly cidr: string;
  readonly target: 'internet' | 'nat';
}

/** `10.0.0.1` as a number. */
export function toNumber(address: string): number {
  return address.split('.').reduce((value, octet) => value * 256 + Number(octet), 0);
}

function matches(cidr: string, address: number): boolean {
  const [base = '', bits = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  return Math.floor(address / size) === Math.floor(toNumber(base) / size);
}

function about(rule: PlainRule, port: number): boolean {
  return rule.protocol === 'all' || (rule.protocol === 'tcp' && port >= rule.from && port <= rule.to);
}

function aclPasses(rules: readonly PlainAclRule[], address: number, port: number): boolean {
  for (const rule of [...rules].sort((a, b) => a.number - b.number))
    if (about(rule, port) && matches(rule.cidr, address)) return rule.allow;
  return false;
}

function groupPasses(rules: readonly PlainRule[], address: number, port: number): boolean {
  return rules.some((rule) => about(rule, port) && matches(rule.cidr, address));
}

function routesToInternet(routes: readonly PlainRoute[], address: number): boolean {
  for (let bits = 32; bits >= 0; bits -= 1) {
    const route = routes.find(({ cidr }) => Number(cidr.split('/')[1]) === bits && matches(cidr, address));
    if (route !== undefined) return route.target === 'internet';
  }
  return false;
}

export interface Packet {
  readonly from: number;
  readonly to: number;
  readonly port: number;
  /** The port that the answer goes to. */
  readonly answer: number;
}

/** In from the internet: the request through ACL and group, the answer through the ACL and by the route. */
export function entersFromInternet(
  packet: Packet,
  subnet: { acl: PlainAcl | undefined; routes: readonly PlainRoute[] },
  ingress: readonly PlainRule[],
): boolean {
  const { from, port, answer } = packet;
  if (!routesToInternet(subnet.routes, from)) return false;
  if (subnet.acl !== undefined && !aclPasses(subnet.acl.ingress, from, port)) return false;
  if (!groupPasses(ingress, from, port)) return false;
  return subnet.acl === undefined || aclPasses(subnet.acl.egress, from, answer);
}

/** From one subnet to another: out by the caller's group and ACL, in by the other's, and the answer back through both ACLs. */
export function crosses(
  packet: Packet,
  source: { acl: PlainAcl | undefined; egress: readonly PlainRule[] },
  target: { acl: PlainAcl | undefined; ingress: readonly PlainRule[] },
): boolean {
  const { from, to, port, answer } = packet;
  if (!groupPasses(source.egress, to, port)) return false;
  if (source.acl !== undefined && !aclPasses(source.acl.egress, to, port)) return false;
  if (target.acl !== undefined && !aclPasses(target.acl.ingress, from, port)) return false;
  if (!groupPasses(target.ingress, from, port)) return false;
  if (target.acl !== undefined && !aclPasses(target.acl.egress, from, answer)) return false;
  return source.acl === undefined || aclPasses(source.acl.ingress, to, answer);
}
