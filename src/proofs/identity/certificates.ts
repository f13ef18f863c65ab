import type { Cursor } from '../../model/cursor.ts';
import { parseDuration } from '../../model/duration.ts';
import { cursor, podSpec, workloadName, type KubeObject, type Workload } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { secretNameIn, sourcesOf } from '../../model/volumes.ts';
import { nginxControllers, controllerFor } from '../edge/controllers.ts';

/** A certificate that a workload presents, with what makes and renews it. */
export interface Certificate {
  /** `Certificate platform/api`, `Secret data/legacy-tls`, `volume identity (csi.spiffe.io)`. */
  readonly name: string;
  /** Seconds it lives; undefined where the manifests do not tell. */
  readonly ttl?: number;
  /** Seconds before its end at which it is renewed; undefined where its issuer decides. */
  readonly renewBefore?: number;
  /** True where nobody wrote a lifetime down and the issuer's default counts. */
  readonly byDefault: boolean;
  /** The private key outlives the certificate. */
  readonly keepsKey: boolean;
  /** SPIFFE ids it carries. */
  readonly ids: readonly string[];
  readonly origin: Origin;
}

/** cert-manager: `DefaultCertificateDuration`, `pkg/apis/certmanager/v1/const.go`. */
const CERT_MANAGER_DEFAULT = 90 * 86_400;

/** The certificates of a workload: Secrets it mounts, CSI volumes, and what its Ingresses tell a controller to present. */
export function certificatesOf(view: PlatformView, workload: Workload): Certificate[] {
  const mounted = podSpec(workload)
    .get('volumes')
    .items()
    .flatMap((volume) => [
      ...sourcesOf(volume)
        .flatMap((source) => secretNameIn(source) ?? [])
        .flatMap((secret) => bySecret(view, workload.namespace, secret, volume.origin)),
      ...byDriver(volume),
    ]);
  return unique([...mounted, ...presented(view, workload)]);
}

/** The Certificate objects, by the Secret that each fills. */
const issued = oncePerPlatform((view: PlatformView): ReadonlyMap<string, KubeObject> => {
  const certificates = view.objects('Certificate.cert-manager.io');
  return new Map(
    certificates.map((object) => [
      `${object.namespace ?? 'default'}/${cursor(object).get('spec', 'secretName').string() ?? ''}`,
      object,
    ]),
  );
});

/** A Secret counts where a Certificate fills it, or where its manifest says that it is one of TLS. */
export function bySecret(view: PlatformView, namespace: string, secret: string, origin: Origin): Certificate[] {
  const object = issued(view).get(`${namespace}/${secret}`);
  if (object !== undefined) return [readCertificate(object)];
  const isTls = view
    .objects('Secret', namespace)
    .some((one) => one.name === secret && cursor(one).get('type').string() === 'kubernetes.io/tls');
  return isTls || /(?:^|[-.])(?:tls|certs?|certificate)$/.test(secret)
    ? [{ name: `Secret ${namespace}/${secret}`, byDefault: false, keepsKey: false, ids: [], origin }]
    : [];
}

function readCertificate(object: KubeObject): Certificate {
  const spec = cursor(object).get('spec');
  const duration = spec.get('duration').string();
  const ttl = duration === undefined ? CERT_MANAGER_DEFAULT : parseDuration(duration);
  const percent = spec.get('renewBeforePercentage').integer();
  const before = spec.get('renewBefore').string();
  const renewBefore =
    before === undefined
      ? percent === undefined || ttl === undefined
        ? undefined
        : (ttl * percent) / 100
      : parseDuration(before);
  return {
    name: `Certificate ${object.namespace ?? 'default'}/${object.name}`,
    ...(ttl !== undefined && { ttl }),
    ...(renewBefore !== undefined && { renewBefore }),
    byDefault: duration === undefined,
    keepsKey: spec.get('privateKey', 'rotationPolicy').string() === 'Never',
    ids: spec
      .get('uris')
      .strings()
      .filter((uri) => uri.startsWith('spiffe://')),
    origin: duration === undefined ? object.origin : spec.get('duration').origin,
  };
}

/** Drivers that hand out an identity per pod, with the lifetime they give where the pod asks for none. */
const DRIVERS: Readonly<Record<string, { readonly attribute?: string; readonly ttl: number }>> = {
  // https://cert-manager.io/docs/usage/csi-driver/
  'csi.cert-manager.io': { attribute: 'csi.cert-manager.io/duration', ttl: CERT_MANAGER_DEFAULT },
  // https://cert-manager.io/docs/usage/csi-driver-spiffe/: the driver's --certificate-request-duration.
  'spiffe.csi.cert-manager.io': { ttl: 3600 },
  // SPIRE server: default_x509_svid_ttl.
  'csi.spiffe.io': { ttl: 3600 },
};

function byDriver(volume: Cursor): Certificate[] {
  const driver = volume.get('csi', 'driver').string() ?? '';
  const known = Object.hasOwn(DRIVERS, driver) ? DRIVERS[driver] : undefined;
  if (known === undefined) return [];
  const asked =
    known.attribute === undefined ? undefined : volume.get('csi', 'volumeAttributes', known.attribute).string();
  const ttl = asked === undefined ? known.ttl : parseDuration(asked);
  return [
    {
      name: `volume ${volume.get('name').string() ?? ''} (${driver})`,
      ...(ttl !== undefined && { ttl }),
      byDefault: asked === undefined,
      keepsKey: false,
      ids: [],
      origin: volume.origin,
    },
  ];
}

const PRESENTS = 'nginx.ingress.kubernetes.io/proxy-ssl-secret';

/** An ingress-nginx controller presents to a backend what the Ingress names. */
function presented(view: PlatformView, workload: Workload): Certificate[] {
  const name = workloadName(workload);
  if (!nginxControllers(view).some((controller) => controller.workload === name)) return [];
  return view.objects('Ingress.networking.k8s.io').flatMap((ingress) => {
    const at = cursor(ingress).get('metadata', 'annotations', PRESENTS);
    const [namespace = '', secret = ''] = (at.string() ?? '').split('/');
    const served = controllerFor(view, cursor(ingress).get('spec', 'ingressClassName').string(), ingress.namespace);
    return secret === '' || served?.workload !== name ? [] : bySecret(view, namespace, secret, at.origin);
  });
}

function unique(certificates: readonly Certificate[]): Certificate[] {
  return [...new Map(certificates.map((one) => [one.name, one])).values()];
}
