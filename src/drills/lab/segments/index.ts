/**
 * `--segmented`: each part of the lab in a network namespace of its own, and the platform's policies between them, as nftables on real packets.
 * Linux and root. What is made is named after the lab's id, so that it is found and removed by whoever ends the lab, also when the one that
 * made it was killed.
 */
import { createHash } from 'node:crypto';
import { run } from '../../../adapters/netns/command.ts';
import { namespaceOf, routerOf, wire } from '../../../adapters/netns/wiring.ts';
import { LaunchgateError } from '../../../model/errors.ts';
import type { Spec } from '../../../model/spec.ts';
import type { ReachInput } from '../../../proofs/reachability/index.ts';
import { place, type Placement } from './placement.ts';
import { DOOR, hostRules, partRules, routerRules, type Door } from './rules.ts';
import type { SegmentPart } from './types.ts';

export type { Passage, SegmentPart } from './types.ts';
export type { Placement } from './placement.ts';

export interface SegmentedLab {
  /** The lab's id. */
  readonly id: string;
  /** Address under which node agents listen, `lab.host`. */
  readonly host: string;
  readonly parts: readonly SegmentPart[];
  readonly spec: Spec;
  /** The policies of the environment that the lab stands for. */
  readonly reach: ReachInput;
}

/** The parts as the lab noted them, in its order. */
export function segmentParts(
  noted: Readonly<Record<string, { readonly ports: Readonly<Record<string, number>> }>>,
): SegmentPart[] {
  return Object.entries(noted).map(([name, { ports }]) => ({ name, ports }));
}

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Makes the network; answers who may talk to whom in it. Leaves nothing when it throws. */
export async function openSegments(lab: SegmentedLab): Promise<Placement> {
  const placement = place(lab.parts, lab.spec, lab.reach);
  await closeSegments(lab.id);
  try {
    await wire(
      prefixOf(lab.id),
      lab.parts.map(({ name }) => ({ id: name, addresses: placement.addresses.get(name) ?? [], listens: [] })),
    );
    await Promise.all(lab.parts.map((part, index) => settle(lab, placement, part, index)));
    await openDoor(lab, placement);
    return placement;
  } catch (cause) {
    await closeSegments(lab.id);
    throw new LaunchgateError('internal', `the segmented network could not be made: ${String(cause)}`, {
      next: 'It needs Linux, root, and the tools ip and nft.',
      cause,
    });
  }
}

/** Removes the lab's namespaces, with them their links and rulesets, and the host's table. Does nothing where there is nothing. */
export async function closeSegments(id: string): Promise<void> {
  const listed = await run('ip', ['netns', 'list']);
  const own = listed
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name.startsWith(`${prefixOf(id)}-`));
  if (own.length > 0) await run('ip', ['-batch', '-'], own.map((name) => `netns delete ${name}\n`).join(''));
  await removeLink(linkOf(id));
  const tables = await run('nft', ['list', 'tables', 'ip']);
  if (tables.split('\n').includes(`table ip ${tableOf(id)}`)) await run('nft', ['delete', 'table', 'ip', tableOf(id)]);
}

/** The link goes with the router's namespace, though not at once: whoever is second finds it gone. */
async function removeLink(link: string): Promise<void> {
  try {
    await run('ip', ['link', 'delete', link]);
  } catch (error) {
    if (!String(error).includes('Cannot find device')) throw error;
  }
}

/** What to put before a part's command, as root: it enters the part's namespace, then becomes the owner. Every step is an exec, so the pid stays. */
export function enterSegment(lab: Pick<SegmentedLab, 'id' | 'parts'>, part: string, owner?: Owner): string[] {
  const index = lab.parts.findIndex(({ name }) => name === part);
  if (index < 0) throw new LaunchgateError('internal', `the segmented lab has no part "${part}"`);
  const enter = ['ip', 'netns', 'exec', namespaceOf(prefixOf(lab.id), index)];
  if (owner === undefined) return enter;
  return [...enter, 'setpriv', `--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', '--'];
}

async function settle(lab: SegmentedLab, placement: Placement, part: SegmentPart, index: number): Promise<void> {
  const namespace = namespaceOf(prefixOf(lab.id), index);
  const inside = (tool: string, args: readonly string[], input = ''): Promise<string> =>
    run('ip', ['netns', 'exec', namespace, tool, ...args], input);
  // Loopback addresses on eth0 are what the translation is made of; the ruleset drops those that were not translated.
  await inside('tee', ['/proc/sys/net/ipv4/conf/eth0/route_localnet'], '1');
  if (part.ports['agent'] !== undefined)
    await run('ip', ['-n', namespace, 'addr', 'add', `${lab.host}/32`, 'dev', 'lo']);
  await inside('nft', ['--file', '-'], partRules(part, placement, lab.host));
}

/** The host's way in: a link to the router with link-local addresses, so that no route of the host changes. */
async function openDoor(lab: SegmentedLab, placement: Placement): Promise<void> {
  const router = routerOf(prefixOf(lab.id));
  const link = linkOf(lab.id);
  const door = doorOf(lab.id);
  const commands = [
    `link add ${link} type veth peer name ${DOOR} netns ${router}`,
    `addr add ${door.host}/32 peer ${door.router} dev ${link}`,
    `link set ${link} up`,
  ];
  await run('ip', ['-batch', '-'], commands.map((line) => `${line}\n`).join(''));
  const inRouter = [`addr add ${door.router}/32 peer ${door.host} dev ${DOOR}`, `link set ${DOOR} up`];
  await run('ip', ['-n', router, '-batch', '-'], inRouter.map((line) => `${line}\n`).join(''));
  await run('ip', ['netns', 'exec', router, 'nft', '--file', '-'], routerRules(lab.reach, placement, door));
  await run('tee', [`/proc/sys/net/ipv4/conf/${link}/route_localnet`], '1');
  const ports = lab.parts.flatMap(({ ports: own }) => Object.values(own));
  await run('nft', ['--file', '-'], hostRules(tableOf(lab.id), ports, lab.host, door, link));
}

function prefixOf(id: string): string {
  return `lglab-${short(id)}`;
}

/** Names of interfaces have 15 characters at the most. */
function linkOf(id: string): string {
  return `lg${short(id)}`;
}

function tableOf(id: string): string {
  return `launchgate_lab_${short(id)}`;
}

function short(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 8);
}

/** Two addresses of 169.254.0.0/16 (RFC 3927) that follow from the id. */
function doorOf(id: string): Door {
  const hash = createHash('sha256').update(id).digest();
  const base = `169.254.${64 + ((hash[0] ?? 0) % 128)}`;
  const low = ((hash[1] ?? 0) % 62) * 4;
  return { host: `${base}.${low + 1}`, router: `${base}.${low + 2}`, appears: `${base}.${low + 1}` };
}
