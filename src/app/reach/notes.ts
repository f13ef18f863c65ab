import type { Location, Origin } from '../../model/origin.ts';
import type { ForeignPolicy } from '../../proofs/network/index.ts';
import type { NamespacedPolicy, Reachability } from '../../proofs/reachability/index.ts';

/** What an answer rests on. The standard leaves these to the network plugin, or the sources do not say. */
export function notesOf(
  reach: Reachability,
  foreign: readonly ForeignPolicy[],
  opensPorts: boolean,
  locate: (origin: Origin) => Location | undefined,
): string[] {
  const { input, classes } = reach;
  const { policies: standard, plugin = [], calico = [], tiers, podAddresses } = input;
  const policies = [...standard, ...plugin, ...calico];
  const notes: string[] = [];
  const plugins = foreign.filter(({ widens }) => widens);
  const [mesh] = foreign.filter(({ widens }) => !widens);
  if (policies.length + tiers.length === 0)
    notes.push(
      plugins.length === 0
        ? 'There is no network policy: everything may talk to everything.'
        : 'There is no NetworkPolicy of Kubernetes, so what is shown leaves out all that a policy decides here.',
    );
  else notes.push('Policies have an effect only where the network plugin enforces them.');
  for (const { id, refused, origin } of [...policies, ...tiers])
    if (refused !== undefined) notes.push(`${id}${placeOf(origin, locate)} would be refused: ${refused}.`);
  if (podAddresses === undefined && namesBlocks(input))
    notes.push(
      'Policies name address blocks and the pods\' addresses are not declared: give a subnet "holds: [pods]" in the spec.',
    );
  if (opensPorts && namesBlocks(input))
    notes.push(
      'A load balancer or node port may hide the address of who calls: whether an ipBlock sees it is not defined.',
    );
  if (policies.some(({ ingress }) => ingress !== undefined))
    notes.push(
      'Probes come from the own node, which is always let in by the standard; some plugins need a rule for them.',
    );
  if (plugin.length > 0)
    notes.push(
      'Policies of Cilium are shown as they act where Cilium is the network plugin, with its settings as they come.',
    );
  if (calico.length > 0)
    notes.push(
      'Policies of Calico are shown as they act where Calico is the network plugin, with its settings as they come; its staged policies do nothing.',
    );
  if (plugin.some(isNarrower))
    notes.push('Rules for requests or server names let less through than the connections that are shown.');
  if (mesh !== undefined)
    notes.push(`${mesh.id} and its like may stop what is shown: those of a mesh are not modelled.`);
  const onHost = classes.all.filter(({ hostNetwork }) => hostNetwork).flatMap(({ members }) => members);
  if (onHost.length > 0)
    notes.push(
      `${onHost.length} ${onHost.length === 1 ? 'workload runs' : 'workloads run'} on the host's network, where the standard leaves open what policies do.`,
    );
  if (tiers.some(({ id }) => id.startsWith('Admin') || id.startsWith('Baseline')))
    notes.push('AdminNetworkPolicy and BaselineAdminNetworkPolicy were replaced by ClusterNetworkPolicy.');
  return notes;
}

/** ` (k8s/policy.yaml:12)`. */
function placeOf(origin: Origin | undefined, locate: (origin: Origin) => Location | undefined): string {
  if (origin === undefined) return '';
  const { path, line } = locate(origin) ?? { path: origin.path, line: undefined };
  return line === undefined ? ` (${path})` : ` (${path}:${line})`;
}

function isNarrower({ ingress, egress }: NamespacedPolicy): boolean {
  return [...(ingress ?? []), ...(egress ?? [])].some(({ narrower }) => narrower === true);
}

function namesBlocks({ policies, tiers, calico = [] }: Reachability['input']): boolean {
  return [...policies, ...tiers, ...calico].some(({ ingress, egress }) =>
    [...(ingress ?? []), ...(egress ?? [])].some(
      ({ peers }) => peers?.some(({ kind }) => kind === 'addresses' || kind === 'no-pods') === true,
    ),
  );
}
