import { cursor, podMetadata, type KubeObject, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { readSelector, selects } from '../../model/selector.ts';
import { meshOf } from './membership.ts';

/** What the proxy in front of a workload does with a connection that is not the mesh's mutual TLS. */
export interface MeshVerdict {
  readonly plaintext: 'refused' | 'accepted' | 'unknown';
  readonly because: string;
  readonly origin?: Origin;
}

/** Judges one port of a workload; `undefined` where no mesh carries its traffic. */
export function plaintextIn(view: PlatformView, workload: Workload, port: number): MeshVerdict | undefined {
  const mesh = meshOf(view, workload);
  if (mesh === undefined) return undefined;
  return mesh === 'linkerd' ? linkerd(view, workload) : istio(view, workload, port);
}

/** Istio's own words; `UNSET` inherits from the wider scope, and where nobody says anything it is permissive. */
type Mode = 'STRICT' | 'PERMISSIVE' | 'DISABLE';

/**
 * PeerAuthentication: the port's mode of the policy that selects the workload, then that policy's, then the namespace's, then the root
 * namespace's (https://istio.io/latest/docs/reference/config/security/peer_authentication/). Of several in one scope the oldest
 * counts, which manifests do not tell.
 */
function istio(view: PlatformView, workload: Workload, port: number): MeshVerdict {
  const policies = view.objects('PeerAuthentication.security.istio.io');
  const root = rootNamespace(view);
  const selecting = policies.filter((policy) => {
    const selector = readSelector(cursor(policy).get('spec', 'selector'));
    return policy.namespace === workload.namespace && selector !== undefined && selects(selector, workload.podLabels);
  });
  const wide = (namespace: string): KubeObject[] =>
    policies.filter((policy) => policy.namespace === namespace && !cursor(policy).get('spec', 'selector').exists);
  const scopes = [selecting, wide(workload.namespace), ...(root === workload.namespace ? [] : [wide(root)])];
  for (const [index, scope] of scopes.entries()) {
    const modes = scope.map((policy) => ({ policy, mode: modeOf(policy, index === 0 ? port : undefined) }));
    const said = modes.filter((one): one is { policy: KubeObject; mode: Mode } => one.mode !== undefined);
    const [first] = said;
    if (first === undefined) continue;
    const name = `PeerAuthentication ${first.policy.namespace}/${first.policy.name}`;
    if (said.some(({ mode }) => mode !== first.mode))
      return {
        plaintext: 'unknown',
        because: `${said.length} PeerAuthentications of one scope disagree`,
        origin: first.policy.origin,
      };
    const origin = first.policy.origin;
    return first.mode === 'STRICT'
      ? { plaintext: 'refused', because: `${name} is STRICT`, origin }
      : { plaintext: 'accepted', because: `${name} is ${first.mode}`, origin };
  }
  return {
    plaintext: 'accepted',
    because: 'no PeerAuthentication makes the mesh STRICT, and its default is PERMISSIVE',
  };
}

function modeOf(policy: KubeObject, port: number | undefined): Mode | undefined {
  const spec = cursor(policy).get('spec');
  const ofPort = port === undefined ? undefined : spec.get('portLevelMtls', String(port), 'mode').string();
  const mode = ofPort === undefined || ofPort === 'UNSET' ? spec.get('mtls', 'mode').string() : ofPort;
  return mode === 'STRICT' || mode === 'PERMISSIVE' || mode === 'DISABLE' ? mode : undefined;
}

/** Where mesh-wide policies live; `istio-system` unless the control plane stands elsewhere in the repository. */
function rootNamespace(view: PlatformView): string {
  return view.objects('Deployment').find(({ name }) => name === 'istiod')?.namespace ?? 'istio-system';
}

/** Linkerd encrypts between meshed pods and takes plaintext from others, unless the inbound policy wants an identity. */
function linkerd(view: PlatformView, workload: Workload): MeshVerdict {
  const key = 'config.linkerd.io/default-inbound-policy';
  const pod = podMetadata(workload).get('annotations');
  const namespace = view.objects('Namespace').find(({ name }) => name === workload.namespace);
  const around = namespace === undefined ? undefined : cursor(namespace).get('metadata', 'annotations');
  const at = pod.get(key).exists ? pod.get(key) : around?.get(key);
  const policy = at?.string();
  if (policy === undefined)
    return {
      plaintext: 'accepted',
      because: `no annotation ${key} asks for an identity, and Linkerd's default takes plaintext`,
    };
  const strict = ['all-authenticated', 'cluster-authenticated', 'deny'].includes(policy);
  const origin = at?.origin;
  return {
    plaintext: strict ? 'refused' : 'accepted',
    because: `${key} is ${policy}`,
    ...(origin !== undefined && { origin }),
  };
}
