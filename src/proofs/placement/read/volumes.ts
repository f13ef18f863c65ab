import type { Cursor } from '../../../model/cursor.ts';
import { cursor, podSpec, workloadName, type Workload } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import type { VolumeBond } from '../types.ts';
import { isZoneKey } from '../../nodes/index.ts';

/** How the volumes of a workload bind its pods, and the zones that they may lie in. */
export interface Volumes {
  readonly bond: VolumeBond;
  /** `allowedTopologies` of the storage class. */
  readonly zones?: readonly string[];
}

/** Provisioners of file systems that every zone reaches. */
const SHARED = /(?:^|\.)(?:efs|fsx|nfs|filestore|file|cephfs|smb|azurefile|longhorn)(?:\.|-|$)|nfs/;
const REGIONAL = /regional-pd|_ZRS$/;

export function volumesOf(view: PlatformView, workload: Workload): Volumes {
  const templates = cursor(workload.object).get('spec', 'volumeClaimTemplates').items();
  for (const template of templates) {
    const found = templateBond(view, workload, template);
    if (found.bond.kind !== 'none' || found.zones !== undefined) return found;
  }
  return { bond: sharedClaim(view, workload) };
}

interface StorageClass {
  readonly provisioner: string;
  readonly immediate: boolean;
  readonly regional: boolean;
  readonly zones?: readonly string[];
}

/** With `WaitForFirstConsumer` the scheduler chooses the zone with the pod; from then on the pod is bound to it. */
function templateBond(view: PlatformView, workload: Workload, template: Cursor): Volumes {
  const spec = template.get('spec');
  const id = workloadName(workload);
  if (
    spec
      .get('accessModes')
      .strings()
      .some((mode) => mode.endsWith('Many'))
  )
    return { bond: { kind: 'none' } };
  const name = spec.get('storageClassName').string();
  const storage = name === undefined ? undefined : storageClass(view, name);
  if (storage === undefined)
    return {
      bond: {
        kind: 'zone',
        because: `each volume of ${id} is taken as bound to a zone (${name === undefined ? 'the default storage class' : `class ${name}`} is not in the repository)`,
      },
    };
  const zones = storage.zones === undefined ? {} : { zones: storage.zones };
  if (SHARED.test(storage.provisioner) || storage.regional) return { bond: { kind: 'none' }, ...zones };
  if (storage.immediate && storage.zones?.length !== 1)
    return {
      bond: {
        kind: 'unknown',
        because: `volumes of class ${name ?? ''} are made before the scheduler chooses (volumeBindingMode Immediate), so that the zones of the volumes decide where ${id} stands, not its spread; set WaitForFirstConsumer`,
        origin: template.origin,
      },
    };
  return {
    bond: { kind: 'zone', because: `each volume of ${id} (class ${name ?? ''}) binds its pod to a zone` },
    ...zones,
  };
}

function storageClass(view: PlatformView, name: string): StorageClass | undefined {
  const object = view.objects('StorageClass').find((one) => one.name === name);
  return object === undefined ? fromTerraform(view, name) : fromObject(cursor(object));
}

function fromObject(root: Cursor): StorageClass {
  const topologies = root
    .get('allowedTopologies')
    .items()
    .flatMap((one) => one.get('matchLabelExpressions').items());
  const zones = topologies
    .filter((one) => isZoneKey(one.get('key').string() ?? '') || (one.get('key').string() ?? '').endsWith('/zone'))
    .flatMap((one) => one.get('values').strings());
  return {
    provisioner: root.get('provisioner').string() ?? '',
    immediate: (root.get('volumeBindingMode').string() ?? 'Immediate') === 'Immediate',
    regional: Object.values(root.get('parameters').stringMap()).some((value) => REGIONAL.test(value)),
    ...(zones.length > 0 && { zones }),
  };
}

function fromTerraform(view: PlatformView, name: string): StorageClass | undefined {
  const block = ['kubernetes_storage_class_v1', 'kubernetes_storage_class']
    .flatMap((type) => view.terraform('resource', type))
    .find(({ blocks }) => blocks.some((one) => one.type === 'metadata' && one.attributes['name']?.literal === name));
  if (block === undefined) return undefined;
  return {
    provisioner: String(block.attributes['storage_provisioner']?.literal ?? ''),
    immediate: (block.attributes['volume_binding_mode']?.literal ?? 'Immediate') === 'Immediate',
    regional: REGIONAL.test(block.attributes['parameters']?.text ?? ''),
  };
}

/** A claim that one node can mount at a time keeps every pod that uses it on that node. */
function sharedClaim(view: PlatformView, workload: Workload): VolumeBond {
  const claims = podSpec(workload)
    .get('volumes')
    .items()
    .map((volume) => volume.get('persistentVolumeClaim', 'claimName'));
  for (const claim of claims) {
    const name = claim.string();
    const object = view.objects('PersistentVolumeClaim', workload.namespace).find((one) => one.name === name);
    const modes = object === undefined ? [] : cursor(object).get('spec', 'accessModes').strings();
    if (name !== undefined && modes.length > 0 && modes.every((mode) => mode.startsWith('ReadWriteOnce')))
      return {
        kind: 'one-node',
        because: `all its pods mount the ${modes[0] ?? ''} claim ${name}, which one node can hold`,
        origin: claim.origin,
      };
  }
  return { kind: 'none' };
}
