import { run } from './command.ts';
import { isV6 } from './matrix.ts';
import type { Machine } from './types.ts';

/** The router's address on every link; it is never routed, so all links may share it. */
const GATEWAY_V4 = '169.254.1.1';
const GATEWAY_V6 = 'fe80::1';

const ROUTER_SETTINGS: readonly (readonly [string, string])[] = [
  ['net/ipv4/ip_forward', '1'],
  ['net/ipv6/conf/all/forwarding', '1'],
];

export function routerOf(prefix: string): string {
  return `${prefix}-router`;
}

export function namespaceOf(prefix: string, index: number): string {
  return `${prefix}-m${index}`;
}

/**
 * A namespace for each machine and one that forwards between them, with a veth pair for each machine. The pairs are made between
 * the namespaces: the network of the host never sees an interface or a packet of them.
 */
export async function wire(prefix: string, machines: readonly Machine[]): Promise<void> {
  const router = routerOf(prefix);
  const own = machines.map((_, index) => namespaceOf(prefix, index));
  await run('ip', ['-batch', '-'], lines([router, ...own].map((name) => `netns add ${name}`)));
  for (const [setting, value] of ROUTER_SETTINGS)
    await run('ip', ['netns', 'exec', router, 'tee', `/proc/sys/${setting}`], value);
  const links = own.map((name, index) => `link add eth0 netns ${name} type veth peer name p${index} netns ${router}`);
  await run('ip', ['-batch', '-'], lines(links));
  await run('ip', ['-n', router, '-batch', '-'], lines(['link set lo up', ...machines.flatMap(onRouter)]));
  await Promise.all(
    machines.map(async (machine, index) =>
      run('ip', ['-n', namespaceOf(prefix, index), '-batch', '-'], lines(onMachine(machine))),
    ),
  );
}

function lines(commands: readonly string[]): string {
  return commands.map((command) => `${command}\n`).join('');
}

function onRouter({ addresses }: Machine, index: number): string[] {
  const device = `p${index}`;
  return [
    `link set ${device} up`,
    `addr add ${GATEWAY_V4}/32 dev ${device}`,
    `addr add ${GATEWAY_V6}/64 dev ${device} nodad`,
    ...addresses.map((address) => `route add ${address}${whole(address)} dev ${device}`),
  ];
}

function onMachine({ addresses }: Machine): string[] {
  const v4 = addresses.some((address) => !isV6(address));
  const v6 = addresses.some(isV6);
  return [
    'link set lo up',
    'link set eth0 up',
    ...addresses.map((address) => `addr add ${address}${whole(address)} dev eth0${isV6(address) ? ' nodad' : ''}`),
    ...(v4 ? [`route add ${GATEWAY_V4}/32 dev eth0`, `route add default via ${GATEWAY_V4} dev eth0`] : []),
    ...(v6 ? [`route add ::/0 via ${GATEWAY_V6} dev eth0`] : []),
  ];
}

function whole(address: string): string {
  return isV6(address) ? '/128' : '/32';
}
