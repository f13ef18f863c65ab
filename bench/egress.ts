/**
 * Judging an address, with `net.BlockList` holding the same allowed and refused blocks, on the same addresses in turns. Equal
 * answers first, over addresses that carry no other: a BlockList cannot see those.
 * `npx node bench/egress.ts`
 */
import { BlockList, isIPv4 } from 'node:net';
import { egressPolicy } from '../runtime/src/egress/index.ts';
import { ALWAYS_REFUSED } from '../runtime/src/egress/special.ts';

/** Short and many: the least disturbed round of each counts. */
const ROUNDS = 60;
const CALLS = 20_000;
const LIMIT_NS = 200;
const ALLOWED = ['10.40.128.0/18', '10.41.0.0/16', '203.0.113.0/24', 'fd12:3456::/32'];

const four = Array.from(
  { length: 1000 },
  (_, index) => `${['10.40', '127.0', '169.254', '203.0', '93.184'][index % 5]}.${(index * 91) % 256}.${index % 256}`,
);
const six = Array.from(
  { length: 1000 },
  (_, index) =>
    `${['fd12:3456', 'fe80', '2606:4700', 'fd00:ec2'][index % 4]}::${index.toString(16)}:${(index * 7).toString(16)}`,
);
const policy = egressPolicy({ allowedCidrs: ALLOWED });
const allowed = listOf(ALLOWED);
const refused = listOf(ALWAYS_REFUSED.map(({ block }) => block.text));

compare('IPv4', four);
compare('IPv6', six);

function compare(name: string, addresses: readonly string[]): void {
  const family = isIPv4(addresses[0] ?? '') ? 'ipv4' : 'ipv6';
  const own = (address: string) => policy.judge(address) === 'allowed';
  const peer = (address: string) => allowed.check(address, family) && !refused.check(address, family);
  const differing = addresses.filter((address) => own(address) !== peer(address));
  if (differing.length > 0) throw new Error(`answers differ for ${differing.slice(0, 3).join(', ')}`);
  const times = { own: [] as number[], peer: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    times.own.push(perCall(own, addresses));
    times.peer.push(perCall(peer, addresses));
  }
  const [ours, theirs] = [Math.min(...times.own), Math.min(...times.peer)];
  console.log(`${name}, ${addresses.filter(own).length} of ${addresses.length} allowed`);
  console.log(
    `  launchgate ${ours.toFixed(0).padStart(6)} ns  ${ours < LIMIT_NS ? 'under' : 'NOT under'} ${LIMIT_NS} ns`,
  );
  console.log(`  BlockList  ${theirs.toFixed(0).padStart(6)} ns  ${(theirs / ours).toFixed(1)}x`);
}

function listOf(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', length] = cidr.split('/');
    list.addSubnet(address, Number(length), isIPv4(address) ? 'ipv4' : 'ipv6');
  }
  return list;
}

function perCall(judge: (address: string) => boolean, addresses: readonly string[]): number {
  let hits = 0;
  const start = process.hrtime.bigint();
  for (let call = 0; call < CALLS; call++) if (judge(addresses[call % addresses.length] ?? '')) hits++;
  const elapsed = Number(process.hrtime.bigint() - start);
  if (hits < 0) throw new Error('unreachable, and keeps the loop');
  return elapsed / CALLS;
}
