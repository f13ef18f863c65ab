/** The keys that a Secret made by an object of the repository will have; `undefined` where that is decided elsewhere. */
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { Cursor } from '../../model/cursor.ts';

type Keys = readonly string[] | undefined;

export function keysOf(object: KubeObject): Keys {
  const root = cursor(object);
  const spec = root.get('spec');
  switch (object.kind) {
    case 'Secret':
      return [...names(root.get('data')), ...names(root.get('stringData'))];
    case 'SealedSecret':
      return [...names(spec.get('encryptedData')), ...names(spec.get('template', 'data'))];
    case 'ExternalSecret':
      return ofExternalSecret(spec);
    case 'ClusterExternalSecret':
      return ofExternalSecret(spec.get('externalSecretSpec'));
    case 'Certificate':
      return ofCertificate(spec);
    default:
      return undefined;
  }
}

function names(at: Cursor): string[] {
  return at.entries().map(([name]) => name);
}

/** A template with data takes the place of what was fetched, unless it is merged. https://external-secrets.io/latest/guides/templating/ */
function ofExternalSecret(spec: Cursor): Keys {
  const target = spec.get('target');
  const template = target.get('template');
  const isOpen = [spec.get('dataFrom'), template.get('templateFrom')].some((at) => at.items().length > 0);
  const policy = target.get('creationPolicy').string() ?? 'Owner';
  if (isOpen || policy === 'Merge' || policy === 'None') return undefined;
  const fetched = spec
    .get('data')
    .items()
    .flatMap((one) => one.get('secretKey').string() ?? []);
  const made = names(template.get('data'));
  if (made.length === 0) return fetched.length === 0 ? undefined : fetched;
  return template.get('mergePolicy').string() === 'Merge' ? [...fetched, ...made] : made;
}

/** https://cert-manager.io/docs/usage/certificate/#target-secret */
function ofCertificate(spec: Cursor): Keys {
  const adds = spec.get('keystores').exists || spec.get('additionalOutputFormats').exists;
  return adds || spec.get('secretTemplate', 'data').exists ? undefined : ['tls.crt', 'tls.key', 'ca.crt'];
}
