import { ValueResource } from './value-resource.ts';
import { concatenate } from './functions/index.ts';
import { truth } from './operators.ts';
import type { Resource } from './configuration.ts';
import type { UnreadModule } from './unread.ts';
import { isList, mapOf, Reference, textOf, type Value, type ValueMap } from './value.ts';

/** What a module of the registry makes, as far as it is known here without its sources. */
export interface Recognised {
  readonly resources: readonly Resource[];
  readonly outputs: ValueMap;
}

const TIERS = ['public', 'private', 'database', 'elasticache', 'redshift', 'intra'] as const;
type Tier = (typeof TIERS)[number];

/** What the name of its subnets says where the caller gives no suffix. */
const TAGS: Readonly<Record<Tier, string>> = {
  public: 'public',
  private: 'private',
  database: 'data',
  elasticache: 'data',
  redshift: 'data',
  intra: 'private',
};

/**
 * The network that `terraform-aws-modules/vpc/aws` makes of its inputs, with the defaults of versions 4 to 6. Subnets for data follow
 * the private route tables unless they are given their own. Calls that use more of it than is modelled are left unread: dedicated ACLs, IPv6,
 * subnets that are lists of something not known.
 */
export function recogniseVpc(module: UnreadModule): Recognised | undefined {
  if (!/^(?:registry\.(?:terraform\.io|opentofu\.org)\/)?terraform-aws-modules\/vpc\/aws$/.test(module.source))
    return undefined;
  if (module.address.endsWith('[*]') || /^[^\d]*[0-3]\./.test(module.version ?? '')) return undefined;
  const maker = new Maker(module);
  if (!maker.fits) return undefined;
  const vpc = maker.add('aws_vpc', 'this', 0, { cidr_block: maker.input('cidr') ?? '10.0.0.0/16' });
  const gateway = maker.flag('create_igw', true)
    ? maker.add('aws_internet_gateway', 'this', 0, { vpc_id: vpc })
    : undefined;
  const nat = maker.flag('enable_nat_gateway', false) ? maker.add('aws_nat_gateway', 'this', 0, {}) : undefined;
  const table = (tier: Tier, target: ValueMap | undefined): Value =>
    maker.add('aws_route_table', tier, 0, {
      vpc_id: vpc,
      ...(target === undefined ? {} : { route: [{ cidr_block: '0.0.0.0/0', ...target }] }),
    });
  const toGateway = gateway === undefined ? undefined : { gateway_id: gateway };
  const toNat = nat === undefined ? undefined : { nat_gateway_id: nat };
  const privateTable = table('private', toNat);
  const tables: Record<Tier, Value> = {
    public: table('public', toGateway),
    private: privateTable,
    database: maker.ownTable('database')
      ? table(
          'database',
          maker.flag('create_database_internet_gateway_route', false)
            ? toGateway
            : maker.flag('create_database_nat_gateway_route', false)
              ? toNat
              : undefined,
        )
      : privateTable,
    elasticache: maker.ownTable('elasticache') ? table('elasticache', undefined) : privateTable,
    redshift: maker.ownTable('redshift')
      ? table('redshift', maker.flag('enable_public_redshift', false) ? toGateway : undefined)
      : privateTable,
    intra: table('intra', undefined),
  };
  const subnets = TIERS.map((tier) => [tier, maker.subnets(tier, vpc, tables[tier])] as const);
  return { resources: maker.resources, outputs: maker.outputs(vpc, gateway, new Map(subnets)) };
}

class Maker {
  readonly resources: Resource[] = [];
  readonly #module: UnreadModule;

  constructor(module: UnreadModule) {
    this.#module = module;
  }

  /** Whether everything that decides is known and modelled. */
  get fits(): boolean {
    const { inputs } = this.#module;
    const modelled = inputs
      .names()
      .every(
        (name) =>
          !/dedicated_network_acl|ipv6|^use_ipam_pool$|^secondary_cidr_blocks$/.test(name) ||
          this.input(name) === false,
      );
    const lists = ['azs', ...TIERS.map((tier) => `${tier}_subnets`)].every(
      (name) => this.input(name) === undefined || isList(this.input(name) ?? null),
    );
    const switches = [
      'create_vpc',
      'create_igw',
      'enable_nat_gateway',
      'enable_public_redshift',
      ...TIERS.map((tier) => `create_${tier}_subnet_route_table`),
    ];
    const known = switches.every(
      (name) => this.input(name) === undefined || truth(this.input(name) ?? null) !== undefined,
    );
    return modelled && lists && known && this.flag('create_vpc', true) && this.list('azs').length > 0;
  }

  input(name: string): Value | undefined {
    return this.#module.inputs.attribute(name)?.value;
  }

  flag(name: string, unset: boolean): boolean {
    return truth(this.input(name) ?? unset) ?? unset;
  }

  list(name: string): readonly Value[] {
    const value = this.input(name);
    return value !== undefined && isList(value) ? value : [];
  }

  ownTable(tier: Tier): boolean {
    return this.flag(`create_${tier}_subnet_route_table`, false);
  }

  /** Adds a resource and answers the reference to its id. */
  add(type: string, name: string, index: number, values: ValueMap): Value {
    const address = `${this.#module.address}.${type}.${name}[${index}]`;
    const provider = this.#module.provider('aws');
    this.resources.push(
      new ValueResource({ address, mode: 'managed', type, name, provider }, values, this.#module.origin),
    );
    return new Reference(address, ['id']);
  }

  subnets(tier: Tier, vpc: Value, table: Value): Value[] {
    const zones = this.list('azs');
    const suffix = textOf(this.input(`${tier}_subnet_suffix`) ?? '') || tier;
    return this.list(`${tier}_subnets`).map((block, index) => {
      const zone = zones[index % zones.length] ?? null;
      const name = concatenate([this.input('name') ?? '', '-', suffix, '-', zone ?? '']);
      const tags = mapOf([
        ['Tier', TAGS[tier]],
        ['Name', name],
      ]);
      const subnet = this.add('aws_subnet', tier, index, {
        vpc_id: vpc,
        cidr_block: block,
        availability_zone: zone,
        map_public_ip_on_launch: tier === 'public' ? this.flag('map_public_ip_on_launch', false) : false,
        tags,
      });
      this.add('aws_route_table_association', tier, index, { subnet_id: subnet, route_table_id: table });
      return subnet;
    });
  }

  outputs(vpc: Value, gateway: Value | undefined, subnets: ReadonlyMap<Tier, readonly Value[]>): ValueMap {
    const groups = (['database', 'elasticache', 'redshift'] as const).flatMap((tier): [string, Value][] => {
      const own = subnets.get(tier) ?? [];
      if (own.length === 0 || !this.flag(`create_${tier}_subnet_group`, true)) return [];
      const type = {
        database: 'aws_db_subnet_group',
        elasticache: 'aws_elasticache_subnet_group',
        redshift: 'aws_redshift_subnet_group',
      }[tier];
      const name = this.input(`${tier}_subnet_group_name`) ?? this.input('name') ?? '';
      const group = this.add(type, tier, 0, { name, subnet_ids: own });
      return [
        [`${tier}_subnet_group`, group],
        [`${tier}_subnet_group_name`, group],
      ];
    });
    return mapOf([
      ['vpc_id', vpc],
      ['vpc_cidr_block', this.input('cidr') ?? '10.0.0.0/16'],
      ['azs', this.list('azs')],
      ...(gateway === undefined ? [] : [['igw_id', gateway] as const]),
      ...TIERS.flatMap((tier): [string, Value][] => [
        [`${tier}_subnets`, subnets.get(tier) ?? []],
        [`${tier}_subnets_cidr_blocks`, this.list(`${tier}_subnets`)],
      ]),
      ...groups,
    ]);
  }
}
