import { isMapping } from '../../model/cursor.ts';
import { parseYamlDocuments } from '../read/yaml.ts';

type Overlay = Readonly<Record<string, unknown>>;

/**
 * Fields of a kustomization for a folder that is rendered in parts. A merge patch that names its object itself is refused where the object is
 * not there, and here it is in one of the parts: so each says by a target what it is for, which Kustomize passes over where nothing fits.
 */
export function forParts(overlay: Overlay): Overlay {
  const { patches } = overlay;
  return Array.isArray(patches) ? { ...overlay, patches: patches.map(withTarget) } : overlay;
}

function withTarget(entry: unknown): unknown {
  if (!isMapping(entry) || entry['target'] !== undefined || typeof entry['patch'] !== 'string') return entry;
  const { documents } = parseYamlDocuments(entry['patch'], { dialect: 'kubernetes', path: 'patch.yaml' });
  const [body, ...others] = documents.map(({ value }) => value);
  if (!isMapping(body) || others.length > 0 || !isMapping(body['metadata'])) return entry;
  const [version, group] = String(body['apiVersion']).split('/').toReversed();
  const { name, namespace } = body['metadata'];
  const target = {
    version,
    kind: body['kind'],
    name,
    ...(group !== undefined && { group }),
    ...(namespace !== undefined && { namespace }),
  };
  return { ...entry, target };
}
