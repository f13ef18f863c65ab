/** Who the pods are that the Prometheus operator makes: its resources say what their pods run as and which Secrets they mount. */
import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { At, Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { bySecret, type Certificate } from './certificates.ts';

export interface OperatedIdentity {
  /** `Prometheus observability/main`. */
  readonly workload: string;
  /** `service prometheus` where a service of the spec names it, else itself. */
  readonly owner: string;
  readonly account: At<string>;
  readonly certificates: readonly Certificate[];
  readonly origin: Origin;
}

const KINDS = ['Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler'] as const;

/** Without a name they run as the namespace's default account (prometheus-operator API reference, `serviceAccountName`). */
export function operatedIdentities(view: PlatformView): OperatedIdentity[] {
  return KINDS.flatMap((kind) => view.objects(`${kind}.monitoring.coreos.com`)).map((object) => {
    const namespace = object.namespace ?? 'default';
    const spec = cursor(object).get('spec');
    const account = spec.get('serviceAccountName');
    return {
      workload: `${object.kind} ${namespace}/${object.name}`,
      owner: ownerOf(view, object),
      account: {
        value: `${namespace}/${account.string() ?? 'default'}`,
        origin: account.exists ? account.origin : object.origin,
      },
      certificates: certificatesOf(view, namespace, spec),
      origin: object.origin,
    };
  });
}

function ownerOf({ spec }: PlatformView, { kind, namespace = 'default', name }: KubeObject): string {
  const service = spec.services.find(({ workloads = [] }) =>
    workloads.some((one) => one.kind === kind && one.name === name && (one.namespace ?? namespace) === namespace),
  );
  return service === undefined ? `${kind} ${namespace}/${name}` : `service ${service.name}`;
}

/** Secrets of `secrets` are mounted; that of `web.tlsConfig` is what the pods present. */
function certificatesOf(view: PlatformView, namespace: string, spec: Cursor): Certificate[] {
  const tls = spec.get('web', 'tlsConfig');
  const secrets = [
    ...spec.get('secrets').strings(),
    tls.get('cert', 'secret', 'name').string(),
    tls.get('keySecret', 'name').string(),
  ].filter((name) => name !== undefined);
  const found = [...new Set(secrets)].flatMap((name) => bySecret(view, namespace, name, spec.origin));
  return [...new Map(found.map((one) => [one.name, one])).values()];
}
