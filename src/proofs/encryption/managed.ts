import type { HclAttribute, HclBlock } from '../../model/document.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { StoreSpec } from '../../model/spec.ts';
import { resourceBlocks } from '../topology/index.ts';
import type { Door } from './types.ts';

/** The doors of a store that a cloud runs, by the resources of the Terraform folder that the spec names for it. */
export function managedDoors(view: PlatformView, store: StoreSpec): Door[] {
  const folders: readonly string[] = (store.managed ?? '').match(/[\w.-]+(?:\/[\w.-]+)+/g) ?? [];
  return Object.entries(JUDGES).flatMap(([type, judge]) =>
    resourceBlocks(view, type)
      .filter(({ module }) => folders.includes(module))
      .flatMap((block) => judge(view, block)),
  );
}

type Judge = (view: PlatformView, block: HclBlock) => Door | Door[];

const JUDGES: Readonly<Record<string, Judge>> = {
  aws_elasticache_replication_group: (_view, block) => elasticache(block),
  aws_elasticache_serverless_cache: (_view, block) => door(block, 'refused', 'a serverless cache speaks TLS alone', ''),
  aws_memorydb_cluster: (_view, block) => flag(block, 'tls_enabled', true),
  aws_db_instance: database,
  aws_rds_cluster: database,
  aws_msk_cluster: (_view, block) => kafka(block),
  aws_opensearch_domain: (_view, block) => search(block),
  aws_elasticsearch_domain: (_view, block) => search(block),
};

/** `transit_encryption_mode` is `required` unless it says `preferred`, which takes both (terraform-provider-aws). */
function elasticache(block: HclBlock): Door {
  const mode = block.attributes['transit_encryption_mode'];
  if (mode !== undefined && mode.literal !== 'required')
    return door(
      block,
      mode.literal === 'preferred' ? 'accepted' : 'unknown',
      `transit_encryption_mode is ${mode.text.trim()}`,
      'Set transit_encryption_mode = "required".',
    );
  return flag(block, 'transit_encryption_enabled', false);
}

/**
 * Without its block a domain answers plain HTTP and its nodes talk in the clear; in the block HTTPS is enforced unless it says otherwise.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/opensearch_domain
 */
function search(block: HclBlock): Door[] {
  const inner = (type: string): HclBlock | undefined => block.blocks.find((one) => one.type === type);
  const options = inner('domain_endpoint_options');
  const between = inner('node_to_node_encryption');
  const open = (type: string): Door | undefined =>
    block.blocks.some((one) => one.type === 'dynamic' && one.labels[0] === type)
      ? door(block, 'unknown', `it makes ${type} under a condition`, '')
      : undefined;
  return [
    open('domain_endpoint_options') ?? flag(block, 'enforce_https', options !== undefined, options),
    {
      ...(open('node_to_node_encryption') ?? flag(block, 'enabled', false, between)),
      name: `nodes of ${block.labels.join('.')}`,
      role: 'members',
      ...(between === undefined &&
        open('node_to_node_encryption') === undefined && {
          because: 'node_to_node_encryption is not set, which is off',
          remedy: 'Add a node_to_node_encryption block with enabled = true.',
        }),
    },
  ];
}

function kafka(block: HclBlock): Door {
  const transit = block.blocks
    .find(({ type }) => type === 'encryption_info')
    ?.blocks.find(({ type }) => type === 'encryption_in_transit');
  const client = transit?.attributes['client_broker'];
  const value = client === undefined ? 'TLS' : client.literal;
  const plaintext = value === 'TLS' ? 'refused' : typeof value === 'string' ? 'accepted' : 'unknown';
  return door(
    block,
    plaintext,
    `client_broker is ${client === undefined ? 'not set, which is TLS' : client.text.trim()}`,
    'Set client_broker = "TLS".',
  );
}

/**
 * Parameters that refuse plaintext: `rds.force_ssl`, on by itself from PostgreSQL 15, in Aurora from 17, and `require_secure_transport`, off by itself.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Security.html
 */
function database(view: PlatformView, block: HclBlock): Door {
  const engine = block.attributes['engine']?.literal;
  if (typeof engine !== 'string') return door(block, 'unknown', 'its engine is not written here', '');
  const isPostgres = engine.includes('postgres');
  const name = isPostgres ? 'rds.force_ssl' : 'require_secure_transport';
  const remedy = `Set the parameter ${name} to 1 in its parameter group.`;
  const groups = ['parameter_group_name', 'db_cluster_parameter_group_name'].flatMap(
    (key) => block.attributes[key] ?? [],
  );
  const found = groups.flatMap((group) => parameterGroup(view, group) ?? []);
  if (groups.length > found.length) return door(block, 'unknown', 'its parameter group is not written here', remedy);
  if (found.some(({ blocks }) => blocks.some(({ type }) => type === 'dynamic')))
    return door(block, 'unknown', 'its parameter group takes its parameters from what is not known here', remedy);
  for (const parameter of found.flatMap(({ blocks }) => blocks.filter(({ type }) => type === 'parameter'))) {
    if (parameter.attributes['name']?.literal !== name) continue;
    const value = parameter.attributes['value'];
    const isOn = /^(?:1|on|true)$/i.test(String(value?.literal ?? ''));
    const plaintext = isOn ? 'refused' : value?.literal === undefined ? 'unknown' : 'accepted';
    return {
      ...door(block, plaintext, `${name} is ${String(value?.literal ?? value?.text.trim() ?? 'not set')}`, remedy),
      origin: parameter.origin,
    };
  }
  const version = block.attributes['engine_version']?.literal;
  if (isPostgres && typeof version !== 'string')
    return door(
      block,
      'unknown',
      `${name} is not set, and its default depends on a version that is not written here`,
      remedy,
    );
  const major = Number.parseInt(String(version), 10);
  const byItself = isPostgres && major >= (engine.startsWith('aurora') ? 17 : 15);
  return door(
    block,
    byItself ? 'refused' : 'accepted',
    `${name} is not set, which is ${byItself ? 'on' : 'off'}`,
    remedy,
  );
}

/** The group that an attribute names, by reference or by its name. */
function parameterGroup(view: PlatformView, { refersTo, literal }: HclAttribute): HclBlock | undefined {
  return ['aws_db_parameter_group', 'aws_rds_cluster_parameter_group']
    .flatMap((type) => resourceBlocks(view, type))
    .find(
      ({ address, attributes }) =>
        refersTo?.includes(address ?? '') === true ||
        (typeof literal === 'string' && attributes['name']?.literal === literal),
    );
}

/** By an attribute of the resource, or of a block within it; Terraform takes `"true"` in quotes as well. */
function flag(block: HclBlock, name: string, unset: boolean, within: HclBlock | undefined = block): Door {
  const attribute = within?.attributes[name];
  const value = String(attribute === undefined ? unset : attribute.literal);
  const plaintext = value === 'true' ? 'refused' : value === 'false' ? 'accepted' : 'unknown';
  return door(
    block,
    plaintext,
    `${within === block || within === undefined ? '' : `${within.type}.`}${name} is ${attribute === undefined ? `not set, which is ${unset}` : attribute.text.trim()}`,
    `Set ${name} = true.`,
  );
}

function door(block: HclBlock, plaintext: Door['plaintext'], because: string, remedy: string): Door {
  return {
    name: `clients of ${block.labels.join('.')}`,
    role: 'clients',
    plaintext,
    certificate: 'unknown',
    because,
    origin: block.origin,
    remedy,
  };
}
