import { isMapping } from '../../../model/cursor.ts';
import type { Origin } from '../../../model/origin.ts';
import { MapBody, type Body } from './body.ts';
import { configurationOf, type Configuration, type Resource } from './configuration.ts';
import { PlanReferences } from './plan-references.ts';
import { ValueResource } from './value-resource.ts';
import { isMap, mapOf, Reference, Unknown, type Value } from './value.ts';

type Data = Readonly<Record<string, unknown>>;

/** Modules nested in a plan, and resources in it: more are not read. */
const LIMITS = { depth: 32, resources: 50_000 } as const;

/**
 * A plan as `terraform show -json` writes it, as the configuration that it is for: what is planned, with references in place of what is only
 * known once it is applied. https://developer.hashicorp.com/terraform/internals/json-format
 */
export function planConfiguration(data: unknown, origin: Origin): Configuration {
  const plan = isMapping(data) ? data : {};
  const planned = collect(below(plan, 'planned_values', 'root_module'), 0);
  const unknown = new Map(
    listOf(plan['resource_changes']).map((change) => [
      String(change['address']),
      below(change, 'change')['after_unknown'],
    ]),
  );
  const references = new PlanReferences(
    below(plan, 'configuration', 'root_module'),
    planned.map(({ address }) => String(address)),
  );
  const byIdentity = identities(planned);
  const resources = planned.map((resource): Resource => {
    const address = String(resource['address']);
    const expressions = references.expressionsOf(address);
    const value = (given: unknown, missing: unknown, written: unknown): Value =>
      convert(given, missing, written, {
        written: isMapping(expressions),
        byIdentity,
        own: address,
        refer: (names) => references.resolve(names, address),
      });
    const values = value(resource['values'], unknown.get(address), expressions);
    return new ValueResource(headOf(resource), isMap(values) ? values : {}, origin);
  });
  const providers = new Map(
    Object.values(below(plan, 'configuration', 'provider_config')).flatMap((config): [string, Body][] => {
      if (!isMapping(config)) return [];
      const name = [config['name'], config['alias']].filter((part) => typeof part === 'string').join('.');
      const constants = Object.entries(below(config, 'expressions')).map(
        ([key, expression]) => [key, isMapping(expression) ? plain(expression['constant_value']) : null] as const,
      );
      return [[name, new MapBody(mapOf(constants), origin)]];
    }),
  );
  return configurationOf({ root: origin.path, resources, unread: [], providers, settings: [] });
}

function headOf(resource: Data): ConstructorParameters<typeof ValueResource>[0] {
  return {
    address: String(resource['address']),
    mode: resource['mode'] === 'data' ? 'data' : 'managed',
    type: String(resource['type']),
    name: String(resource['name']),
    provider: /([^/]+)$/.exec(String(resource['provider_name']))?.[1] ?? '',
  };
}

function collect(module: Data, depth: number): Data[] {
  if (depth > LIMITS.depth) return [];
  const children = listOf(module['child_modules']).flatMap((child) => collect(child, depth + 1));
  return [...listOf(module['resources']), ...children].slice(0, LIMITS.resources);
}

/** Resources by what AWS calls them: text that names one of them is a reference to it. */
function identities(resources: readonly Data[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const resource of resources) {
    const values = below(resource, 'values');
    for (const id of [values['id'], values['arn']])
      if (typeof id === 'string' && /^(?:arn:|[a-z]+-[0-9a-f]{8,17}$)/.test(id))
        found.set(id, String(resource['address']));
  }
  return found;
}

interface Converting {
  /** The code of the resource is in the plan: what is in none of its expressions is left to the provider. */
  readonly written: boolean;
  readonly byIdentity: ReadonlyMap<string, string>;
  readonly own: string;
  refer(names: readonly string[]): Value | undefined;
}

/** A value of the plan; what is not known yet is what its expression refers to. */
function convert(given: unknown, unknown: unknown, expression: unknown, converting: Converting): Value {
  if (unknown === true) {
    if (expression === undefined && converting.written) return null;
    const names = isMapping(expression) && Array.isArray(expression['references']) ? expression['references'] : [];
    const referred = converting.refer(names.filter((name) => typeof name === 'string'));
    return referred ?? new Unknown('it is known after the plan is applied');
  }
  if (typeof given === 'string') {
    const address = converting.byIdentity.get(given);
    return address === undefined || address === converting.own ? given : new Reference(address, ['id']);
  }
  if (Array.isArray(given)) {
    const length = Math.max(given.length, Array.isArray(unknown) ? unknown.length : 0);
    return Array.from({ length }, (_, index) =>
      convert(given[index], at(unknown, index), at(expression, index), converting),
    );
  }
  if (!isMapping(given) && !isMapping(unknown)) return plain(given);
  const keys = new Set([
    ...Object.keys(isMapping(given) ? given : {}),
    ...Object.keys(isMapping(unknown) ? unknown : {}),
  ]);
  return mapOf(
    [...keys].map((key) => [key, convert(at(given, key), at(unknown, key), at(expression, key), converting)]),
  );
}

function at(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return typeof key === 'number' ? value[key] : undefined;
  return isMapping(value) && Object.hasOwn(value, String(key)) ? value[String(key)] : undefined;
}

function plain(value: unknown): Value {
  return value === undefined ? null : (value as Value);
}

function below(value: unknown, ...keys: string[]): Data {
  let found = value;
  for (const key of keys) found = at(found, key);
  return isMapping(found) ? found : {};
}

function listOf(value: unknown): Data[] {
  return Array.isArray(value) ? value.filter(isMapping) : [];
}
