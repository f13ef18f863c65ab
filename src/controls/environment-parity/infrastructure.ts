import type { Origin } from '../../model/origin.ts';
import { textOf, type Configuration, type Resource } from '../../proofs/topology/evaluate/index.ts';
import type { Difference } from './differences.ts';
import type { Params } from './check.ts';
import { neutral } from './shape.ts';

/** A resource as far as it must be the same before production and in it; its instances are one. */
export interface InfrastructureShape {
  /** `module.cache.aws_elasticache_replication_group.this`, keys and the environment's name taken off. */
  readonly name: string;
  readonly instances: number;
  /** Switches and choices that are known, by attribute. */
  readonly settings: Readonly<Record<string, string>>;
  readonly origin: Origin;
}

/** Attributes that are no switch and still decide how it behaves. */
const CHOICES = [
  'engine',
  'engine_version',
  'engine_mode',
  'ssl_policy',
  'load_balancer_type',
  'transit_encryption_mode',
  'authentication_mode',
  'protocol',
  'policy_arn',
];

/** Types whose number is the shape of the network, not a matter of size. */
const COUNTED = /^aws_(?:subnet|nat_gateway|route_table|network_acl|vpc_endpoint)$/;

export function infrastructureOf(configurations: readonly Configuration[], environment: string): InfrastructureShape[] {
  const managed = configurations.flatMap(({ resources }) => resources.filter(({ mode }) => mode === 'managed'));
  const byName = Map.groupBy(managed, ({ address }) => nameOf(address, environment));
  return [...byName].flatMap(([name, instances]) => {
    const [first] = instances;
    return first === undefined
      ? []
      : [{ name, instances: instances.length, settings: settingsOf(instances), origin: first.origin }];
  });
}

function nameOf(address: string, environment: string): string {
  return address
    .replaceAll(/\[[^\]]*\]/g, '')
    .split('.')
    .map((part) => neutral(part.replaceAll('_', '-'), environment).replaceAll('-', '_'))
    .join('.');
}

function settingsOf(instances: readonly Resource[]): Record<string, string> {
  const settings: [string, string][] = [];
  for (const resource of instances) {
    for (const name of resource.names()) {
      const value = resource.attribute(name)?.value;
      if (typeof value === 'boolean') settings.push([name, String(value)]);
      else if (CHOICES.includes(name) && value !== undefined && textOf(value) !== undefined)
        settings.push([name, String(value)]);
    }
  }
  const merged = new Map<string, Set<string>>();
  for (const [name, value] of settings) merged.set(name, (merged.get(name) ?? new Set()).add(value));
  return Object.fromEntries([...merged].map(([name, values]) => [name, [...values].sort().join(' and ')]));
}

interface Side {
  readonly name: string;
  readonly infrastructure: readonly InfrastructureShape[];
}

/** Where the infrastructure of two environments differs. One that describes none says nothing here. */
export function infrastructureDifferences(before: Side, here: Side, { ignoreSizes }: Params): Difference[] {
  if (before.infrastructure.length === 0 || here.infrastructure.length === 0) return [];
  const [a, b] = [byName(before), byName(here)];
  return [...new Set([...b.keys(), ...a.keys()])].flatMap((name): Difference[] => {
    const [left, right] = [a.get(name), b.get(name)];
    if (left === undefined || right === undefined) {
      const missing = left === undefined ? before.name : here.name;
      const place = (left ?? right)?.origin;
      return [
        {
          what: name,
          message: `${name} is not made in ${missing}`,
          severity: 'high',
          ...(place === undefined ? {} : { origin: place }),
        },
      ];
    }
    return [
      ...settingDifferences(name, left, right),
      ...(ignoreSizes && !COUNTED.test(name.split('.').at(-2) ?? '') ? [] : countDifference(name, left, right)),
    ];
  });
}

function byName({ infrastructure }: Side): ReadonlyMap<string, InfrastructureShape> {
  return new Map(infrastructure.map((shape) => [shape.name, shape]));
}

function settingDifferences(name: string, left: InfrastructureShape, right: InfrastructureShape): Difference[] {
  const names = [...new Set([...Object.keys(left.settings), ...Object.keys(right.settings)])].sort();
  return names.flatMap((setting): Difference[] => {
    const [a, b] = [left.settings[setting], right.settings[setting]];
    if (a === b) return [];
    return [
      {
        what: `${name}: ${setting}`,
        message: `${name} has ${setting} ${a ?? 'unset'}, and ${b ?? 'unset'}`,
        severity: 'medium',
        origin: left.origin,
      },
    ];
  });
}

function countDifference(name: string, left: InfrastructureShape, right: InfrastructureShape): Difference[] {
  if (left.instances === right.instances) return [];
  return [
    {
      what: `${name}: number`,
      message: `${name} is made ${left.instances} times, and ${right.instances} times`,
      severity: 'medium',
      origin: left.origin,
    },
  ];
}
