import type { HclAttribute, HclBlock } from '../../model/document.ts';
import type { PlatformView } from '../../model/platform.ts';
import { addressOf, booleanOf, flagFact, hasDynamic, keyFact, nested, type Fact, type Holder } from './facts.ts';
import { resourceBlocks } from '../../proofs/topology/index.ts';

interface ResourceType {
  readonly type: string;
  /** Block that holds the switch; the resource itself where there is none. */
  readonly block?: string;
  readonly encrypted: string;
  readonly key: string;
  /** What AWS does where the switch is absent. */
  readonly unset: 'no' | 'unknown';
  /** Attributes that make it a copy, which takes the encryption of its source. */
  readonly copies?: readonly string[];
}

/** Resources of the AWS provider that hold data, with their switches and defaults (its documentation, versions 5 and 6). */
const TYPES: readonly ResourceType[] = [
  {
    type: 'aws_db_instance',
    encrypted: 'storage_encrypted',
    key: 'kms_key_id',
    unset: 'no',
    copies: ['replicate_source_db', 'snapshot_identifier', 'restore_to_point_in_time'],
  },
  {
    type: 'aws_rds_cluster',
    encrypted: 'storage_encrypted',
    key: 'kms_key_id',
    unset: 'no',
    copies: ['snapshot_identifier', 'replication_source_identifier', 'global_cluster_identifier', 'engine_mode'],
  },
  {
    type: 'aws_docdb_cluster',
    encrypted: 'storage_encrypted',
    key: 'kms_key_id',
    unset: 'no',
    copies: ['snapshot_identifier', 'global_cluster_identifier'],
  },
  {
    type: 'aws_neptune_cluster',
    encrypted: 'storage_encrypted',
    key: 'kms_key_arn',
    unset: 'no',
    copies: ['snapshot_identifier', 'replication_source_identifier', 'global_cluster_identifier'],
  },
  // Valkey is encrypted unless told otherwise, Redis is not.
  {
    type: 'aws_elasticache_replication_group',
    encrypted: 'at_rest_encryption_enabled',
    key: 'kms_key_id',
    unset: 'no',
    copies: ['global_replication_group_id', 'snapshot_name', 'snapshot_arns'],
  },
  {
    type: 'aws_efs_file_system',
    encrypted: 'encrypted',
    key: 'kms_key_id',
    unset: 'no',
    copies: ['availability_zone_name'],
  },
  { type: 'aws_opensearch_domain', block: 'encrypt_at_rest', encrypted: 'enabled', key: 'kms_key_id', unset: 'no' },
  { type: 'aws_elasticsearch_domain', block: 'encrypt_at_rest', encrypted: 'enabled', key: 'kms_key_id', unset: 'no' },
  // The default changed to encrypted with version 6 of the provider.
  { type: 'aws_redshift_cluster', encrypted: 'encrypted', key: 'kms_key_id', unset: 'unknown' },
  { type: 'aws_ebs_volume', encrypted: 'encrypted', key: 'kms_key_id', unset: 'unknown', copies: ['snapshot_id'] },
];

/** Databases, caches, file systems and volumes of Terraform. */
export function databases(view: PlatformView): Holder[] {
  return [
    ...TYPES.flatMap((type) => resourceBlocks(view, type.type).map((block) => holder(view, type, block))),
    ...resourceBlocks(view, 'aws_instance').flatMap((block) => volumesOf(block, DEVICES)),
    ...resourceBlocks(view, 'aws_launch_template').flatMap((block) => volumesOf(block, ['block_device_mappings'])),
  ];
}

const DEVICES = ['root_block_device', 'ebs_block_device'];

/** The volumes of an instance, those that say whether they are encrypted: all others follow their image and the account. */
function volumesOf(instance: HclBlock, types: readonly string[]): Holder[] {
  const devices = instance.blocks
    .filter(({ type }) => types.includes(type))
    .map((device) => nested(device, 'ebs') ?? device);
  const name = instance.labels.join('.');
  const facts = devices.flatMap(({ attributes, origin }) => {
    const encrypted = attributes['encrypted'];
    if (encrypted === undefined || encrypted.literal === null) return [];
    const unset = { answer: 'unknown', because: `${name} sets no encrypted`, origin } as const;
    return [flagFact('encrypted', `encrypted of a volume of ${name}`, encrypted, unset)];
  });
  return facts.length === 0 ? [] : [{ id: addressOf(instance), facts }];
}

function holder(view: PlatformView, type: ResourceType, block: HclBlock): Holder {
  const at = type.block === undefined ? block : nested(block, type.block);
  const name = block.labels.join('.');
  const encrypted = flagFact('encrypted', `${name} ${type.encrypted}`, at?.attributes[type.encrypted], {
    ...unsetAnswer(view, type, block),
    origin: at?.origin ?? block.origin,
  });
  return {
    id: addressOf(block),
    facts: [encrypted, keyFact(`${name} ${type.key}`, at?.attributes[type.key], block.origin)],
  };
}

function unsetAnswer(view: PlatformView, type: ResourceType, block: HclBlock): Pick<Fact, 'answer' | 'because'> {
  const name = block.labels.join('.');
  const copied = type.copies?.find((attribute) => isTold(block.attributes[attribute]) || nested(block, attribute));
  if (copied !== undefined)
    return { answer: 'unknown', because: `${name} sets no ${type.encrypted}, and ${copied} may decide it` };
  if (type.block !== undefined && hasDynamic(block, type.block))
    return { answer: 'unknown', because: `${name} makes ${type.block} under a condition` };
  if (type.type === 'aws_elasticache_replication_group') return engineAnswer(block, name);
  if (type.type === 'aws_ebs_volume' && encryptsByDefault(view))
    return { answer: 'yes', because: `${name} follows aws_ebs_encryption_by_default` };
  const because = `${name} sets no ${type.block === undefined ? type.encrypted : type.block}`;
  return type.unset === 'no'
    ? { answer: 'no', because: `${because}, and the default is off` }
    : { answer: 'unknown', because: `${because}, and its default depends on the account or the provider's version` };
}

/** Set to something else than null; `provisioned` is the mode of a cluster that states none. */
function isTold(attribute: HclAttribute | undefined): boolean {
  return attribute !== undefined && attribute.literal !== null && attribute.literal !== 'provisioned';
}

function engineAnswer(block: HclBlock, name: string): Pick<Fact, 'answer' | 'because'> {
  const engine = block.attributes['engine'];
  if (engine === undefined || engine.literal === 'redis')
    return { answer: 'no', because: `${name} sets no at_rest_encryption_enabled, and for Redis the default is off` };
  return engine.literal === 'valkey'
    ? { answer: 'yes', because: `${name} is Valkey, which is encrypted by default` }
    : {
        answer: 'unknown',
        because: `${name} leaves its engine and its encryption to a value that is not written here`,
      };
}

/** Whether the account encrypts every new volume, as this repository sets it. */
export function encryptsByDefault(view: PlatformView): boolean {
  return resourceBlocks(view, 'aws_ebs_encryption_by_default').some(
    ({ attributes }) => attributes['enabled'] === undefined || booleanOf(attributes['enabled']) === true,
  );
}
