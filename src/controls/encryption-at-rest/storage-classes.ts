import type { HclBlock } from '../../model/document.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { encryptsByDefault } from './databases.ts';
import type { Fact } from './facts.ts';
import { resourceBlocks } from '../../proofs/topology/index.ts';

/** A storage class and whether volumes of it are encrypted. */
export interface StorageClass {
  readonly name: string;
  readonly fact: Fact;
}

/** Clouds that encrypt every disk. */
const ALWAYS = [
  'pd.csi.storage.gke.io',
  'kubernetes.io/gce-pd',
  'disk.csi.azure.com',
  'kubernetes.io/azure-disk',
  'file.csi.azure.com',
];
/** Drivers with a parameter `encrypted` that is off unless set. */
const BY_PARAMETER =
  /^(?:ebs\.csi\.aws\.com|kubernetes\.io\/aws-ebs|ebs\.csi\.eks\.amazonaws\.com|driver\.longhorn\.io|(?:[\w.-]+\.)?rbd\.csi\.ceph\.com)$/;
const OF_EBS = /ebs/;

/** The storage classes of manifests and of Terraform's Kubernetes provider. */
export function storageClasses(view: PlatformView): StorageClass[] {
  const types = ['kubernetes_storage_class', 'kubernetes_storage_class_v1'];
  return [
    ...view.objects('StorageClass').map((object) => fromManifest(view, object)),
    ...types.flatMap((type) => resourceBlocks(view, type)).flatMap((block) => fromTerraform(view, block)),
  ];
}

function fromManifest(view: PlatformView, object: KubeObject): StorageClass {
  const root = cursor(object);
  const encrypted = root.get('parameters', 'encrypted');
  const value = encrypted.exists ? String(encrypted.value) : undefined;
  const origin = encrypted.exists ? encrypted.origin : object.origin;
  return { name: object.name, fact: judge(view, object.name, root.get('provisioner').string(), value, origin) };
}

function fromTerraform(view: PlatformView, block: HclBlock): StorageClass[] {
  const name = block.blocks.find(({ type }) => type === 'metadata')?.attributes['name']?.literal;
  if (typeof name !== 'string') return [];
  const provisioner = block.attributes['storage_provisioner']?.literal;
  const parameters = block.attributes['parameters'];
  const value = /(?<![\w])"?encrypted"?\s*[=:]\s*("?)([^"\s,}]+)\1/.exec(parameters?.text ?? '')?.[2];
  const known = typeof provisioner === 'string' ? provisioner : undefined;
  return [{ name, fact: judge(view, name, known, value, parameters?.origin ?? block.origin) }];
}

function judge(
  view: PlatformView,
  name: string,
  provisioner: string | undefined,
  encrypted: string | undefined,
  origin: Origin,
): Fact {
  const fact = (answer: Fact['answer'], because: string): Fact => ({
    question: 'encrypted',
    answer,
    because: `StorageClass ${name} ${because}`,
    origin,
  });
  if (provisioner !== undefined && ALWAYS.includes(provisioner))
    return fact('yes', `is of ${provisioner}, which encrypts every disk`);
  if (provisioner === undefined || !BY_PARAMETER.test(provisioner))
    return fact(
      'unknown',
      `is of ${provisioner ?? 'a driver that is not written here'}, whose encryption is set elsewhere`,
    );
  if (encrypted === 'true') return fact('yes', 'is encrypted');
  if (encrypted === 'false') return fact('no', 'sets encrypted to false');
  if (encrypted !== undefined) return fact('unknown', `takes encrypted from ${encrypted}`);
  if (!OF_EBS.test(provisioner)) return fact('unknown', 'does not set encrypted; the disks below may be');
  return encryptsByDefault(view)
    ? fact('yes', 'follows aws_ebs_encryption_by_default')
    : fact('unknown', 'does not set encrypted, so the account decides');
}
