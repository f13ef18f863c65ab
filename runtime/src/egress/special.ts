/**
 * Addresses that a probe never has business with, whatever the policy allows, and those that a wide block does not mean.
 * Sources: the IANA special-purpose registries for IPv4 and IPv6 (RFC 6890), and the metadata services of the clouds.
 */
import { block, subtract, type Block } from './cidr.ts';

export type SpecialReason =
  | 'metadata'
  | 'loopback'
  | 'link-local'
  | 'unspecified'
  | 'multicast'
  | 'reserved'
  | 'broadcast'
  | 'ipv4-compatible'
  | 'teredo'
  | 'private'
  | 'shared'
  | 'documentation';

export interface Special {
  readonly block: Block;
  readonly reason: SpecialReason;
}

function table(rows: Readonly<Record<string, SpecialReason>>): readonly Special[] {
  return Object.entries(rows).map(([text, reason]) => ({ block: block(text), reason }));
}

/** What is judged by the IPv4 address in it, and stands outside of what is given out: NAT64 and RFC 2765. */
const CARRIERS = ['64:ff9b::/32', '::ffff:0:0:0/96'];

/** The rows, and all of IPv6 that is not given out (2000::/3 is, RFC 4291 section 2.4) and carries no IPv4. */
function withUnassigned(rows: Readonly<Record<string, SpecialReason>>): readonly Special[] {
  const outside = subtract(['::/3', '4000::/2', '8000::/1'].map(block), CARRIERS.map(block));
  const blocks = outside.map((interval): Block => ({ ...interval, family: 6, text: 'unassigned' }));
  return [...table(rows), ...blocks.map((unassigned) => ({ block: unassigned, reason: 'reserved' as const }))];
}

/** Refused even if an allowed block covers them, or is exactly them. The first that matches names the reason. */
export const ALWAYS_REFUSED: readonly Special[] = /* @__PURE__ */ table({
  '169.254.169.254/32': 'metadata', // AWS, Google, Azure, OpenStack, DigitalOcean, …
  '169.254.170.2/32': 'metadata', // AWS ECS task credentials
  '169.254.170.23/32': 'metadata', // AWS EKS pod identity
  '100.100.100.200/32': 'metadata', // Alibaba
  '192.0.0.192/32': 'metadata', // Oracle
  '168.63.129.16/32': 'metadata', // Azure WireServer
  '0.0.0.0/8': 'unspecified',
  '127.0.0.0/8': 'loopback',
  '169.254.0.0/16': 'link-local',
  '192.0.0.0/24': 'reserved',
  '192.88.99.0/24': 'reserved', // 6to4 relays, RFC 7526
  '224.0.0.0/4': 'multicast',
  '255.255.255.255/32': 'broadcast',
  '240.0.0.0/4': 'reserved',
  'fd00:ec2::/32': 'metadata', // AWS: metadata ::254, DNS ::253, time ::123, pod identity ::23
  'fd20:ce::/32': 'metadata', // Google, ::254
  'fd00:c1::/32': 'metadata', // Oracle, ::a9fe:a9fe
  'fd00:42::42/128': 'metadata', // Scaleway
  'fd00:100::100:200/128': 'metadata', // Alibaba
  'fd00:a9fe:a9fe::1/128': 'metadata', // Akamai
  '::/128': 'unspecified',
  '::1/128': 'loopback',
  '::/96': 'ipv4-compatible', // RFC 4291 section 2.5.5.1, deprecated
  '100::/64': 'reserved', // discard, RFC 6666
  '100:0:0:1::/64': 'reserved', // RFC 9780
  '2001::/32': 'teredo',
  '2001::/23': 'reserved', // IETF protocol assignments
  '5f00::/16': 'reserved', // segment routing, RFC 9602
  'fe80::/10': 'link-local',
  'fec0::/10': 'reserved', // site-local, RFC 3879
  'ff00::/8': 'multicast',
});

/** Allowed only by a block that lies inside of them: whoever writes 0.0.0.0/0 means the internet. */
export const MUST_BE_NAMED: readonly Special[] = /* @__PURE__ */ withUnassigned({
  '10.0.0.0/8': 'private',
  '172.16.0.0/12': 'private',
  '192.168.0.0/16': 'private',
  '100.64.0.0/10': 'shared', // carrier-grade NAT, RFC 6598
  '198.18.0.0/15': 'reserved', // benchmarks, RFC 2544
  '192.0.2.0/24': 'documentation',
  '198.51.100.0/24': 'documentation',
  '203.0.113.0/24': 'documentation',
  'fc00::/7': 'private',
  '2001:db8::/32': 'documentation',
  '3fff::/20': 'documentation',
});
