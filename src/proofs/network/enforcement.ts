import { cursor } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';

/** What, if anything, makes the policies of a cluster take effect. With a network that enforces none they are text. */
export interface Enforcement {
  readonly enforced: 'yes' | 'no' | 'unknown';
  readonly because: string;
  readonly origin?: Origin;
}

/** Networks that enforce NetworkPolicy, by the DaemonSet that runs them on each node. */
const ENFORCERS =
  /^(?:cilium|calico-node|canal|antrea-agent|kube-router|weave-net|ovnkube-node|kube-ovn-cni|azure-npm|cilium-agent)$/;
const NOT_ENFORCING = /^(?:kube-flannel(?:-ds)?|kindnet)$/;

export function enforcementOf(view: PlatformView): Enforcement {
  const daemons = view.objects('DaemonSet');
  const enforcer = daemons.find(({ name }) => ENFORCERS.test(name));
  if (enforcer !== undefined)
    return {
      enforced: 'yes',
      because: `DaemonSet ${enforcer.namespace ?? 'default'}/${enforcer.name} enforces policies`,
      origin: enforcer.origin,
    };
  const byTerraform = amazon(view) ?? others(view);
  if (byTerraform !== undefined) return byTerraform;
  const lax = daemons.find(({ name }) => NOT_ENFORCING.test(name));
  if (lax !== undefined)
    return {
      enforced: 'no',
      because: `DaemonSet ${lax.namespace ?? 'default'}/${lax.name} enforces no policies`,
      origin: cursor(lax).origin,
    };
  return { enforced: 'unknown', because: 'nothing here shows a network that enforces policies' };
}

/** The VPC CNI enforces policies only where `enableNetworkPolicy` says so (Amazon EKS, "Limit Pod traffic with NetworkPolicy"). */
function amazon(view: PlatformView): Enforcement | undefined {
  const addon = view
    .terraform('resource', 'aws_eks_addon')
    .find(({ attributes }) => attributes['addon_name']?.literal === 'vpc-cni');
  if (addon === undefined) return undefined;
  const values = addon.attributes['configuration_values'];
  const said = /enableNetworkPolicy"?\s*[:=]\s*\\?"?(true|false)/.exec(values?.text ?? '')?.[1];
  const origin = values?.origin ?? addon.origin;
  if (said === 'true') return { enforced: 'yes', because: 'the add-on vpc-cni has enableNetworkPolicy', origin };
  if (values === undefined || said === 'false')
    return {
      enforced: 'no',
      because: 'the add-on vpc-cni enforces policies only with enableNetworkPolicy, which it is not given',
      origin,
    };
  return {
    enforced: 'unknown',
    because: 'whether the add-on vpc-cni has enableNetworkPolicy is not written here',
    origin,
  };
}

function others(view: PlatformView): Enforcement | undefined {
  for (const block of view.terraform('resource', 'google_container_cluster')) {
    const advanced =
      block.attributes['datapath_provider']?.literal === 'ADVANCED_DATAPATH' ||
      block.attributes['enable_autopilot']?.literal === true;
    const policy = block.blocks.find(({ type }) => type === 'network_policy')?.attributes['enabled']?.literal === true;
    if (advanced || policy)
      return { enforced: 'yes', because: `${block.labels.join('.')} enforces policies`, origin: block.origin };
  }
  for (const block of view.terraform('resource', 'azurerm_kubernetes_cluster')) {
    const policy = block.blocks.find(({ type }) => type === 'network_profile')?.attributes['network_policy']?.literal;
    if (typeof policy === 'string')
      return {
        enforced: 'yes',
        because: `${block.labels.join('.')} enforces policies with ${policy}`,
        origin: block.origin,
      };
  }
  return undefined;
}
