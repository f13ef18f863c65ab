import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { openTree } from '../../src/adapters/files.ts';
import { controls } from '../../src/controls/catalog.ts';
import { runControls } from '../../src/engine/run.ts';
import { memoryTree, platformOf } from '../fixture-platform.ts';

/** Single edits to the Terraform of the reference platform, each with the control that must notice. */
const MUTATIONS: readonly (readonly [
  what: string,
  file: string,
  from: string | RegExp,
  to: string,
  control: string,
])[] = [
  [
    'the database open to the internet',
    'modules/usage-database/main.tf',
    'cidr_blocks = var.app_cidrs',
    'cidr_blocks = ["0.0.0.0/0"]',
    'network-tiers',
  ],
  [
    'the database open to the whole network',
    'modules/usage-database/main.tf',
    'cidr_blocks = var.app_cidrs',
    'cidr_blocks = ["10.40.0.0/16"]',
    'network-tiers',
  ],
  [
    'the cache open to rented machines',
    'modules/cache/main.tf',
    'cidr_blocks = var.app_cidrs',
    'cidr_blocks = concat(var.app_cidrs, ["10.40.128.0/18"])',
    'network-tiers',
  ],
  [
    'another port for the database',
    'modules/usage-database/main.tf',
    /from_port {3}= 3306\n {4}to_port {5}= 3306/,
    'from_port   = 3307\n    to_port     = 3307',
    'network-tiers',
  ],
  [
    'a public database',
    'modules/usage-database/main.tf',
    'publicly_accessible         = false',
    'publicly_accessible         = true',
    'network-tiers',
  ],
  [
    'the database among the load balancers',
    'envs/production/main.tf',
    /(module "usage_database"[^}]*?data_subnet_ids = module\.network\.)data_subnet_ids/,
    '$1public_subnet_ids',
    'network-tiers',
  ],
  [
    'data routed to the internet',
    'modules/network/routes.tf',
    /(resource "aws_route_table_association" "data"[^}]*?)aws_route_table\.data\.id/,
    '$1aws_route_table.public.id',
    'network-tiers',
  ],
  [
    'data routed out by NAT',
    'modules/network/routes.tf',
    /(resource "aws_route_table_association" "data"[^}]*?)aws_route_table\.data\.id/,
    '$1aws_route_table.app[each.key].id',
    'network-tiers',
  ],
  [
    'a bastion for everybody',
    'modules/network/security-groups.tf',
    'cidr_blocks = [var.vpn_cidr]',
    'cidr_blocks = ["0.0.0.0/0"]',
    'network-tiers',
  ],
  [
    'a data tier in one zone only',
    'modules/network/main.tf',
    /(resource "aws_subnet" "data" \{\n\s+for_each\s+= )zipmap\(var\.zones, var\.data_cidrs\)/,
    '$1{ (var.zones[0]) = var.data_cidrs[0] }',
    'network-tiers',
  ],
  [
    'a public cluster API',
    'modules/cluster/main.tf',
    'endpoint_public_access  = false',
    'endpoint_public_access  = true',
    'network-tiers',
  ],
  [
    'a database in one zone',
    'modules/usage-database/main.tf',
    'multi_az                    = true',
    'multi_az                    = false',
    'data-failover',
  ],
  [
    'a cache that nobody promotes',
    'modules/cache/main.tf',
    'automatic_failover_enabled = true',
    'automatic_failover_enabled = false',
    'data-failover',
  ],
  [
    'a cache in one zone',
    'modules/cache/main.tf',
    'multi_az_enabled           = true',
    'multi_az_enabled           = false',
    'data-failover',
  ],
  [
    'a cache without replicas',
    'modules/cache/main.tf',
    'num_cache_clusters         = 3',
    'num_cache_clusters         = 1',
    'data-failover',
  ],
  [
    'no backups',
    'modules/usage-database/main.tf',
    'backup_retention_period         = 35',
    'backup_retention_period         = 0',
    'backup-policy',
  ],
  [
    'short backups',
    'modules/usage-database/main.tf',
    'backup_retention_period         = 35',
    'backup_retention_period         = 3',
    'backup-policy',
  ],
  [
    'backups in the same region',
    'envs/production/providers.tf',
    'region              = "eu-west-1"',
    'region              = "eu-central-1"',
    'disaster-recovery',
  ],
  [
    'a database that a call deletes',
    'modules/usage-database/main.tf',
    'deletion_protection             = true',
    'deletion_protection             = false',
    'disaster-recovery',
  ],
  [
    'replication without a bound',
    'modules/buckets/replica.tf',
    'status = "Enabled"\n        time { minutes = 15 }',
    'status = "Enabled"\n        time { minutes = 60 }',
    'disaster-recovery',
  ],
  [
    'an unencrypted database',
    'modules/usage-database/main.tf',
    'storage_encrypted           = true',
    'storage_encrypted           = false',
    'encryption-at-rest',
  ],
  [
    'an unencrypted cache',
    'modules/cache/main.tf',
    'at_rest_encryption_enabled = true',
    'at_rest_encryption_enabled = false',
    'encryption-at-rest',
  ],
  ['unencrypted volumes', 'modules/cluster/main.tf', 'encrypted = "true"', 'encrypted = "false"', 'encryption-at-rest'],
  [
    'buckets that may be public',
    'modules/buckets/main.tf',
    'block_public_policy     = true',
    'block_public_policy     = false',
    'encryption-at-rest',
  ],
  [
    'buckets without TLS',
    'modules/buckets/main.tf',
    'values   = ["false"]',
    'values   = ["true"]',
    'encryption-at-rest',
  ],
  [
    'an old TLS policy',
    'modules/edge/main.tf',
    'ELBSecurityPolicy-TLS13-1-2-2021-06',
    'ELBSecurityPolicy-2016-08',
    'edge-tls',
  ],
  [
    'plain HTTP forwarded',
    'modules/edge/main.tf',
    /type = "redirect"\n {4}redirect \{[^}]*\}/,
    'type = "forward"',
    'edge-tls',
  ],
  [
    'a balancer without a WAF',
    'modules/edge/waf.tf',
    /resource "aws_wafv2_web_acl_association" "public" \{[^}]*\}/,
    '',
    'edge-waf',
  ],
  [
    'an unencrypted state',
    'envs/production/providers.tf',
    'encrypt      = true',
    'encrypt      = false',
    'infrastructure-plan',
  ],
  ['a state without a lock', 'envs/production/providers.tf', 'use_lockfile = true', '', 'infrastructure-plan'],
  [
    'a role that may do everything',
    'modules/identities/main.tf',
    /actions = \["aps:RemoteWrite"\], resources = \[var\.metrics_workspace_arn\]/,
    'actions = ["*"], resources = ["*"]',
    'rbac-least-privilege',
  ],
];

const example = openTree(fileURLToPath(new URL('../../examples/gpu-cloud', import.meta.url)));
const judged = controls.filter(({ meta }) => MUTATIONS.some(([, , , , control]) => control === meta.id));
const files = Object.fromEntries(example.files.map((path) => [path, text(path)]));

function text(path: string): string {
  return new TextDecoder().decode(example.read(path));
}

/** What fails, as `control: message`. */
async function failures(changed: Readonly<Record<string, string>>): Promise<Set<string>> {
  const { conclusions } = runControls(await platformOf(memoryTree({ ...files, ...changed })), judged);
  return new Set(
    conclusions.flatMap(({ control, result }) =>
      result.outcome === 'fail' ? result.findings.map(({ message }) => `${control.meta.id}: ${message}`) : [],
    ),
  );
}

describe('each broken field of the reference platform is caught', () => {
  let before: Set<string>;
  beforeAll(async () => {
    before = await failures({});
  });

  it.each(MUTATIONS)('%s', async (_, file, from, to, control) => {
    const path = `terraform/${file}`;
    const mutated = (files[path] ?? '').replace(from, to);
    expect(mutated, 'the edit must change something').not.toBe(files[path]);
    const after = [...(await failures({ [path]: mutated }))].filter((failure) => !before.has(failure));
    expect(after.filter((failure) => failure.startsWith(`${control}: `))).not.toEqual([]);
  });
});
