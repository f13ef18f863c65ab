import { cursor, type KubeObject } from '../../model/kube.ts';
import type { At } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { annotationsOf } from '../../proofs/edge/ingress.ts';

/** The issuer of cert-manager that a certificate is asked of. */
export interface IssuerRef {
  readonly kind: string;
  readonly name: string;
}

/**
 * Directories in which an authority lets people try ACME: the roots of what they issue are in no trust store.
 * https://letsencrypt.org/docs/staging-environment/, https://cloud.google.com/certificate-manager/docs/public-ca-tutorial
 */
const TRIAL = /^https:\/\/(?:acme-staging(?:-v02)?\.api\.letsencrypt\.org|dv\.acme-v02\.test-api\.pki\.goog)\//;

/** Of a Certificate: https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.CertificateSpec */
export function issuerOfCertificate(certificate: KubeObject): IssuerRef | undefined {
  const ref = cursor(certificate).get('spec', 'issuerRef');
  const name = ref.get('name').string();
  const isOwn = (ref.get('group').string() ?? 'cert-manager.io') === 'cert-manager.io';
  return name === undefined || !isOwn ? undefined : { kind: ref.get('kind').string() ?? 'Issuer', name };
}

/** Of an Ingress or a Gateway that asks by annotation. https://cert-manager.io/docs/usage/ingress/#supported-annotations */
export function issuerByAnnotation(object: KubeObject): IssuerRef | undefined {
  const annotations = annotationsOf(object);
  const ofCluster = annotations['cert-manager.io/cluster-issuer'];
  if (ofCluster !== undefined) return { kind: 'ClusterIssuer', name: ofCluster };
  const name = annotations['cert-manager.io/issuer'];
  const isOwn = (annotations['cert-manager.io/issuer-group'] ?? 'cert-manager.io') === 'cert-manager.io';
  return name === undefined || !isOwn
    ? undefined
    : { kind: annotations['cert-manager.io/issuer-kind'] ?? 'Issuer', name };
}

/** Why no client of the public trusts what an issuer gives; undefined where it is trusted, private, or not in the repository. */
export function whyDistrusted(
  view: PlatformView,
  namespace: string | undefined,
  issuer: IssuerRef | undefined,
): At<string> | undefined {
  if (issuer === undefined) return undefined;
  const { kind, name } = issuer;
  const [found, ...others] = view
    .objects(`${kind}.cert-manager.io`, kind === 'ClusterIssuer' ? undefined : namespace)
    .filter((object) => object.name === name);
  if (found === undefined || others.length > 0) return undefined;
  const spec = cursor(found).get('spec');
  const server = spec.get('acme', 'server');
  const directory = server.string();
  if (directory !== undefined && TRIAL.test(directory))
    return {
      value: `${kind} ${name} asks ${new URL(directory).host} for it, which is there for trials`,
      origin: server.origin,
    };
  const signsItself = spec.get('selfSigned');
  return signsItself.exists ? { value: `${kind} ${name} lets it sign itself`, origin: signsItself.origin } : undefined;
}
