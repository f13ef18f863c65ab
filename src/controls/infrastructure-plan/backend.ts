import type { HclAttribute, HclBlock } from '../../model/document.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';

/** Where a root keeps its state, which holds every secret that Terraform ever saw. */
export interface Backend {
  readonly root: string;
  readonly kind: string;
  readonly encrypted: 'yes' | 'no' | 'unknown';
  /** Whether two runs at once are kept apart. */
  readonly locked: 'yes' | 'no' | 'unknown';
  readonly origin: Origin;
}

/** Backends that encrypt and lock by themselves, by their documentation. */
const COMPLETE = new Set(['gcs', 'azurerm', 'remote', 'cloud', 'oss', 'cos']);

/** The backend of each root among the folders. */
export function backendsOf(view: PlatformView, roots: readonly string[]): Backend[] {
  return roots.map((root) => {
    const settings = view.terraform('terraform').filter(({ module }) => module === root);
    const found = settings.flatMap(({ blocks }) => blocks).find(({ type }) => type === 'backend' || type === 'cloud');
    if (found === undefined) {
      const own = ['terraform', 'provider', 'resource', 'module'].flatMap((type) => view.terraform(type));
      const origin = own.find(({ module }) => module === root)?.origin ?? { path: root };
      return { root, kind: 'local', encrypted: 'no', locked: 'no', origin };
    }
    const kind = found.type === 'cloud' ? 'cloud' : (found.labels[0] ?? '');
    return { root, kind, ...answersOf(kind, found), origin: found.origin };
  });
}

/** Backends take literals only; what is left out may be given when Terraform is initialised. */
function answersOf(kind: string, { attributes }: HclBlock): Pick<Backend, 'encrypted' | 'locked'> {
  if (COMPLETE.has(kind)) return { encrypted: 'yes', locked: 'yes' };
  if (kind !== 's3')
    return { encrypted: kind === 'local' ? 'no' : 'unknown', locked: kind === 'local' ? 'no' : 'unknown' };
  const partial = attributes['bucket'] === undefined;
  const absent = partial ? 'unknown' : 'no';
  const { encrypt, use_lockfile: lockfile, dynamodb_table: table } = attributes;
  return {
    encrypted: encrypt === undefined ? absent : isTrue(encrypt) ? 'yes' : 'no',
    locked: isTrue(lockfile) || table !== undefined ? 'yes' : lockfile === undefined ? absent : 'no',
  };
}

/** Terraform takes a truth in quotes for a truth. */
function isTrue(attribute: HclAttribute | undefined): boolean {
  return attribute?.literal === true || attribute?.literal === 'true';
}
