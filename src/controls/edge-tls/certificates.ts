import type { Cursor } from '../../model/cursor.ts';
import { parseDuration } from '../../model/duration.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { At, Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { PublicRoute } from '../../proofs/edge/index.ts';
import { annotationsOf } from '../../proofs/edge/ingress.ts';
import { issuerByAnnotation, issuerOfCertificate, whyDistrusted } from './issuers.ts';

/** A Secret that a route takes its certificate from, and what puts it there. */
export interface Certificate {
  /** `namespace/name`. */
  readonly secret: string;
  readonly issued: 'machine' | 'elsewhere' | 'by-hand' | 'nothing';
  /** What issues it: `Certificate shop/api`. */
  readonly by: string;
  /** Part of its life that is left at renewal; undefined where it is not known. */
  readonly leftAtRenewal?: number;
  /** Names that it is asked for, and where; undefined where they are not known. */
  readonly names?: { readonly value: readonly string[]; readonly origin: Origin };
  /** Why clients of the public do not trust it, where its issuer shows that. */
  readonly distrusted?: At<string>;
  readonly origin?: Origin;
}

/** A name as DNS has it, possibly of a wildcard: nothing is left to be filled in. */
export const HOST_NAME = /^[\w.*-]+$/;

/** Asking for a certificate by annotation. https://cert-manager.io/docs/usage/ingress/#supported-annotations */
const ISSUER = /^(?:cert-manager\.io\/(?:cluster-)?issuer|cert-manager\.io\/issuer-kind|kubernetes\.io\/tls-acme)$/;

/** cert-manager's default: 90 days, renewed when a third is left. */
const DEFAULT_HOURS = 2160;

export function certificatesOf(view: PlatformView, route: PublicRoute): Certificate[] {
  if (route.kind === 'nginx') return [];
  return route.certificates.map((secret) => issuerOf(view, secret, route));
}

function issuerOf(view: PlatformView, secret: string, route: PublicRoute): Certificate {
  const slash = secret.indexOf('/');
  const namespace = slash === -1 ? undefined : secret.slice(0, slash);
  const name = secret.slice(slash + 1);
  const [declared, ...others] = view
    .objects('Certificate.cert-manager.io', namespace)
    .filter((object) => cursor(object).get('spec', 'secretName').string() === name);
  if (declared !== undefined) {
    const spec = cursor(declared).get('spec');
    const left = leftAtRenewal(spec);
    const names = others.length === 0 ? namesOf(spec) : undefined;
    const distrusted =
      others.length === 0 ? whyDistrusted(view, declared.namespace, issuerOfCertificate(declared)) : undefined;
    return {
      secret,
      issued: 'machine',
      by: `Certificate ${declared.namespace ?? 'default'}/${declared.name}`,
      ...(left === undefined ? {} : { leftAtRenewal: left }),
      ...(names === undefined ? {} : { names }),
      ...(distrusted === undefined ? {} : { distrusted }),
      origin: spec.get('renewBefore').exists ? spec.get('renewBefore').origin : spec.origin,
    };
  }
  const asks = asker(view, route, namespace, name);
  if (asks !== undefined) return byAnnotation(view, secret, asks);
  const external = ['ExternalSecret', 'VaultStaticSecret', 'PushSecret']
    .flatMap((kind) => view.objects(kind, namespace))
    .find((object) => (cursor(object).get('spec', 'target', 'name').string() ?? object.name) === name);
  if (external !== undefined) return { secret, issued: 'elsewhere', by: `${external.kind} ${external.name}` };
  const held = ['Secret', 'SealedSecret']
    .flatMap((kind) => view.objects(kind, namespace))
    .find((object) => object.name === name);
  if (held !== undefined) return { secret, issued: 'by-hand', by: `${held.kind} ${held.name}`, origin: held.origin };
  return { secret, issued: 'nothing', by: '' };
}

/** Any Ingress that names the same Secret, or the Gateway of the route, may ask on behalf of the others. */
function asker(
  view: PlatformView,
  route: PublicRoute,
  namespace: string | undefined,
  secret: string,
): KubeObject | undefined {
  const ingress = askingIngresses(view).find(
    (object) =>
      (namespace === undefined || object.namespace === namespace) &&
      cursor(object)
        .get('spec', 'tls')
        .items()
        .some((section) => section.get('secretName').string() === secret),
  );
  return (
    ingress ??
    view
      .objects('Gateway.gateway.networking.k8s.io')
      .find((object) => route.edges.includes(`${object.namespace ?? 'default'}/${object.name}`) && asks(object))
  );
}

function byAnnotation(view: PlatformView, secret: string, object: KubeObject): Certificate {
  const distrusted = whyDistrusted(view, object.namespace, issuerByAnnotation(object));
  return {
    secret,
    issued: 'machine',
    by: `${object.kind} ${object.namespace ?? 'default'}/${object.name}`,
    ...(distrusted === undefined ? {} : { distrusted }),
  };
}

function asks(object: KubeObject): boolean {
  return Object.keys(annotationsOf(object)).some((key) => ISSUER.test(key));
}

const askingIngresses = oncePerPlatform((view: PlatformView) => view.objects('Ingress.networking.k8s.io').filter(asks));

/** The names a client may find it good for; undefined where none is written down, or one is filled in elsewhere. */
function namesOf(spec: Cursor): Certificate['names'] {
  const listed = spec.get('dnsNames');
  const common = spec.get('commonName');
  const value = [...listed.items(), ...(common.exists ? [common] : [])].map((at) => at.string());
  if (value.length === 0 || !value.every((name) => HOST_NAME.test(name ?? ''))) return undefined;
  return { value: value.filter((name) => name !== undefined), origin: (listed.exists ? listed : common).origin };
}

function leftAtRenewal(spec: Cursor): number | undefined {
  const life = parseDuration(spec.get('duration').string() ?? `${DEFAULT_HOURS}h`);
  const percentage = spec.get('renewBeforePercentage').integer();
  if (percentage !== undefined) return percentage / 100;
  const before = spec.get('renewBefore').string();
  const left = before === undefined ? (life ?? 0) / 3 : parseDuration(before);
  return life === undefined || left === undefined ? undefined : left / life;
}
