import type { KubeObject } from '../../model/kube.ts';

/** Kinds of which a controller makes objects of any kind, or installs a chart, with what it does. Beyond a pod template nothing tells them. */
const MAKERS: Readonly<Record<string, string>> = {
  'ResourceSet.fluxcd.controlplane.io': 'makes objects from templates',
  'HelmChart.helm.cattle.io': 'installs a chart',
  'Release.helm.crossplane.io': 'installs a chart',
  'Object.kubernetes.crossplane.io': 'makes an object',
  'Application.core.oam.dev': 'makes the objects of its components',
  'ClusterProfile.config.projectsveltos.io': 'installs charts and objects',
  'Profile.config.projectsveltos.io': 'installs charts and objects',
  'ManifestWork.work.open-cluster-management.io': 'makes the objects that it lists',
  'App.kappctrl.k14s.io': 'makes objects from templates',
  'PackageInstall.packaging.carvel.dev': 'installs a package',
};

/** What else an object brings into the cluster, as a clause; `undefined` where it stands for itself. */
export function bringsOthers({ apiVersion, kind }: KubeObject): string | undefined {
  const key = `${kind}.${apiVersion.replace(/\/.*$/, '')}`;
  return Object.hasOwn(MAKERS, key) ? MAKERS[key] : undefined;
}
