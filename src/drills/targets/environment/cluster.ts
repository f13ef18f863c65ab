/**
 * The Kubernetes cluster that an environment is identified by. A kubeconfig may be edited, and its current context switched, while a drill runs. So each
 * call asks the access that it is about to use for its identity, and is sent through that very access or not at all.
 */
import type { Cluster, ClusterWay } from '../../../model/drill/cluster.ts';
import { CannotTell } from '../../../model/drill/drill.ts';
import type { Use } from '../../target.ts';
import { clusterAccess, clusterIdentity } from './identity.ts';
import { kubeCall, type KubeAccess } from './kubernetes.ts';
import type { OpenSettings } from './settings.ts';

/** `identity`: what was measured of the target. */
export function clusterOf(settings: OpenSettings, identity: string, { signal }: Use): Cluster {
  return {
    demand: async (way) => void (await open(way)),
    call: async (method, path, { patch, way } = {}) => kubeCall(await open(way), method, path, signal, patch),
  };

  async function open(way: ClusterWay = {}): Promise<KubeAccess> {
    const { access, leadsTo } = await identify(way);
    if (leadsTo === identity) return access;
    throw new CannotTell(`${inWords(way)} leads to ${leadsTo}, but the target is ${identity}: nothing was sent`);
  }

  async function identify(way: ClusterWay): Promise<{ readonly access: KubeAccess; readonly leadsTo: string }> {
    try {
      const access = clusterAccess(settings, way);
      return { access, leadsTo: await clusterIdentity(access, signal) };
    } catch (cause) {
      const because = cause instanceof Error ? cause.message : String(cause);
      throw new CannotTell(`${inWords(way)} does not say to which cluster it leads: ${because}`, { cause });
    }
  }
}

function inWords({ kubeconfig, context }: ClusterWay): string {
  if (kubeconfig === undefined && context === undefined) return "the environment's own access to Kubernetes";
  const named = [
    ...(kubeconfig === undefined ? [] : [`kubeconfig ${kubeconfig}`]),
    ...(context === undefined ? [] : [`context ${context}`]),
  ];
  return named.join(', ');
}
