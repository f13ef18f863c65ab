import type { PlatformView } from '../../../model/platform.ts';

/** DaemonSets of network plugins. */
const OWN = { cilium: /^cilium(?:-agent)?$/, calico: /^(?:calico-node|canal)$/ } as const;
const OTHERS = /^(?:antrea-agent|kube-router|weave-net|ovnkube-node|kube-ovn-cni|kube-flannel(?:-ds)?|kindnet)$/;
const NAMES = { cilium: 'Cilium', calico: 'Calico' } as const;

type Plugin = keyof typeof OWN;

/** Why it may be that nothing here acts on the policies of a plugin: another network is shown, and its own is not. */
export function doubtsOf(view: PlatformView): Partial<Record<Plugin, string>> {
  const daemons = view.objects('DaemonSet');
  const doubts: Partial<Record<Plugin, string>> = {};
  for (const plugin of ['cilium', 'calico'] as const) {
    const strange = plugin === 'cilium' ? OWN.calico : OWN.cilium;
    const other = daemons.find(({ name }) => OTHERS.test(name) || strange.test(name));
    if (other === undefined || daemons.some(({ name }) => OWN[plugin].test(name))) continue;
    doubts[plugin] =
      `the network here is that of DaemonSet ${other.namespace ?? 'default'}/${other.name}, which does not know policies of ${NAMES[plugin]}`;
  }
  return doubts;
}
