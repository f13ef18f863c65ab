import type { Spec } from '../../model/spec.ts';
import { date } from '../../model/spec/words.ts';
import type { SpecMistake } from './mistakes.ts';
import { didYouMean } from './suggest.ts';

type Pointer = readonly (string | number)[];

/**
 * What the schema cannot see: names given twice, and names of things that are not declared.
 * `knownControls`: the ids of the catalog; without them control ids are not judged.
 */
export function checkReferences(spec: Spec, knownControls?: readonly string[]): SpecMistake[] {
  const mistakes: SpecMistake[] = [];
  const check = new Checker(mistakes);
  checkNames(spec, check, knownControls);
  checkServices(spec, check);
  checkPeople(spec, check);
  checkEnvironments(spec, check);
  if (knownControls !== undefined) checkControls(spec, check, knownControls);
  return mistakes;
}

class Checker {
  readonly mistakes: SpecMistake[];

  constructor(mistakes: SpecMistake[]) {
    this.mistakes = mistakes;
  }

  /** Every item must carry another name. */
  unique(list: string, key: string, names: readonly string[]): void {
    const seen = new Map<string, number>();
    for (const [index, name] of names.entries()) {
      const first = seen.get(name);
      if (first === undefined) seen.set(name, index);
      else this.mistakes.push({ pointer: [list, index, key], message: `"${name}" is taken by ${list}[${first}]` });
    }
  }

  /** The name must be one of those declared. */
  declared(pointer: Pointer, name: string, what: string, known: ReadonlySet<string>): void {
    if (known.has(name)) return;
    const meant = didYouMean(name, known);
    const others =
      meant === '' && known.size > 0 && known.size <= 12 ? `; declared: ${[...known].sort().join(', ')}` : '';
    this.mistakes.push({ pointer, message: `"${name}" is not a declared ${what}${meant}${others}` });
  }

  allDeclared(pointer: Pointer, names: readonly string[] | undefined, what: string, known: ReadonlySet<string>): void {
    for (const [index, name] of (names ?? []).entries()) this.declared([...pointer, index], name, what, known);
  }
}

function checkNames(spec: Spec, check: Checker, knownControls: readonly string[] = []): void {
  const named = [
    'environments',
    'services',
    'stores',
    'externals',
    'subnets',
    'credentials',
    'certificates',
    'slos',
    'milestones',
    'severities',
    'flags',
  ] as const;
  for (const list of named)
    check.unique(
      list,
      'name',
      spec[list].map((item) => item.name),
    );
  for (const list of ['people', 'tracks', 'controls'] as const)
    check.unique(
      list,
      'id',
      spec[list].map((item) => item.id),
    );
  check.unique(
    'deferred',
    'component',
    spec.deferred.map((item) => item.component),
  );
  const builtIn = new Set(knownControls);
  for (const [index, control] of spec.controls.entries()) {
    if (builtIn.has(control.id))
      check.mistakes.push({
        pointer: ['controls', index, 'id'],
        message: `"${control.id}" is a control of the catalog`,
      });
  }
}

function checkServices(spec: Spec, check: Checker): void {
  const services = names(spec.services);
  const subnets = names(spec.subnets);
  const credentials = names(spec.credentials);
  const things = referables(spec);
  for (const [index, service] of spec.services.entries()) {
    const at = ['services', index];
    check.allDeclared([...at, 'credentials'], service.credentials, 'credential', credentials);
    check.allDeclared([...at, 'probes', 'subnets'], service.probes?.subnets, 'subnet', subnets);
    check.allDeclared([...at, 'criticalDependencies'], service.criticalDependencies, 'reference', things);
    for (const [item, { webhook }] of service.routes.entries()) {
      const given = {
        sender: webhook?.sender,
        idempotency: webhook?.idempotency?.store,
        reconciliation: webhook?.reconciliation?.by,
      };
      for (const [field, to] of Object.entries(given))
        if (to !== undefined) check.declared([...at, 'routes', item, 'webhook', field], to, 'reference', things);
    }
    for (const list of ['connections', 'calls'] as const)
      for (const [item, { to }] of (service[list] ?? []).entries())
        check.declared([...at, list, item, 'to'], to, 'reference', things);
  }
  for (const [index, flow] of (spec.flows ?? []).entries()) {
    check.declared(['flows', index, 'from'], flow.from, 'reference', things);
    check.declared(['flows', index, 'to'], flow.to, 'reference', things);
  }
  const redis = new Set(spec.stores.filter((store) => store.kind === 'redis').map((store) => store.name));
  for (const [index, channel] of spec.channels.entries()) {
    check.declared(['channels', index, 'store'], channel.store, 'store of kind redis', redis);
    check.allDeclared(['channels', index, 'publishers'], channel.publishers, 'service', services);
    check.allDeclared(['channels', index, 'subscribers'], channel.subscribers, 'service', services);
  }
  for (const [index, slo] of spec.slos.entries())
    check.declared(['slos', index, 'service'], slo.service, 'service', services);
}

function checkPeople(spec: Spec, check: Checker): void {
  const people = new Set(spec.people.map((person) => person.id));
  const rotations = names(spec.onCall?.rotations ?? []);
  const severities = names(spec.severities);
  const taken = new Map<string, number>();
  for (const [index, rotation] of (spec.onCall?.rotations ?? []).entries()) {
    const at = ['onCall', 'rotations', index];
    const first = taken.get(rotation.name);
    if (first === undefined) taken.set(rotation.name, index);
    else
      check.mistakes.push({
        pointer: [...at, 'name'],
        message: `"${rotation.name}" is taken by onCall.rotations[${first}]`,
      });
    check.allDeclared([...at, 'members'], rotation.members, 'person', people);
    for (const [shift, { person }] of (rotation.shifts ?? []).entries())
      check.declared([...at, 'shifts', shift, 'person'], person, 'person', people);
    for (const [step, { to }] of rotation.escalation.entries())
      check.allDeclared([...at, 'escalation', step, 'to'], to, 'person or rotation', people.union(rotations));
    if (severities.size > 0) check.allDeclared([...at, 'severities'], rotation.severities, 'severity', severities);
  }
  for (const [owned, rotation] of Object.entries(spec.onCall?.ownership ?? {}))
    check.declared(['onCall', 'ownership', owned], rotation, 'rotation', rotations);
}

function checkEnvironments(spec: Spec, check: Checker): void {
  const environments = names(spec.environments);
  for (const [index, environment] of spec.environments.entries()) {
    const at = ['environments', index];
    check.allDeclared([...at, 'evidenceFrom'], environment.evidenceFrom, 'environment', environments);
    if (environment.promotesTo !== undefined)
      check.declared([...at, 'promotesTo'], environment.promotesTo, 'environment', environments);
    checkPools(environment, at, check);
  }
  checkPromotions(spec.environments, check);
  const milestones = names(spec.milestones);
  for (const [index, track] of spec.tracks.entries()) {
    if (track.target !== undefined && !date.safeParse(track.target).success)
      check.declared(
        ['tracks', index, 'target'],
        track.target,
        'milestone (nor a date such as 2026-01-31)',
        milestones,
      );
  }
}

/** A candidate that is promoted must arrive: each way that leads back to where it began is one mistake. */
function checkPromotions(environments: Spec['environments'], check: Checker): void {
  const next = new Map(environments.map(({ name, promotesTo }) => [name, promotesTo]));
  const told = new Set<string>();
  for (const [index, { name }] of environments.entries()) {
    const way = [name];
    for (let at = next.get(name); at !== undefined && !way.includes(at); at = next.get(at)) way.push(at);
    if (told.has(name) || next.get(way.at(-1) ?? name) !== name) continue;
    for (const passed of way) told.add(passed);
    check.mistakes.push({
      pointer: ['environments', index, 'promotesTo'],
      message: `promotion goes in a circle: ${[...way, name].join(' -> ')}`,
    });
  }
}

function checkPools({ nodePools = [], zones }: Spec['environments'][number], at: Pointer, check: Checker): void {
  const seen = new Set<string>();
  for (const [index, pool] of nodePools.entries()) {
    const place = [...at, 'nodePools', index];
    if (seen.has(pool.name)) check.mistakes.push({ pointer: [...place, 'name'], message: `"${pool.name}" is taken` });
    seen.add(pool.name);
    if (zones !== undefined)
      check.allDeclared([...place, 'zones'], pool.zones, 'zone of the environment', new Set(zones));
    if ((pool.min ?? 0) > (pool.max ?? Number.POSITIVE_INFINITY))
      check.mistakes.push({
        pointer: [...place, 'min'],
        message: `the fewest nodes, ${pool.min}, are more than the most, ${pool.max}`,
      });
  }
}

function checkControls(spec: Spec, check: Checker, catalog: readonly string[]): void {
  const controls = new Set([...catalog, ...spec.controls.map((control) => control.id)]);
  for (const [index, track] of spec.tracks.entries())
    check.allDeclared(['tracks', index, 'controls'], track.controls, 'control', controls);
  for (const [index, exclusion] of spec.notApplicable.entries())
    check.declared(['notApplicable', index, 'control'], exclusion.control, 'control', controls);
  const own = new Set(spec.controls.map((control) => control.id));
  const setParams = (pointer: Pointer, control: string): void => {
    check.declared(pointer, control, 'control', controls);
    if (own.has(control))
      check.mistakes.push({ pointer, message: `"${control}" is a control of your own, and those have no params` });
  };
  for (const key of Object.keys(spec.params)) setParams(['params', key], controlOf(key));
  for (const [index, environment] of spec.environments.entries())
    for (const control of Object.keys(environment.params ?? {}))
      setParams(['environments', index, 'params', control], control);
}

/** `CONTROL`, or `CONTROL@SUBJECT` for one subject alone. */
function controlOf(key: string): string {
  return key.split('@', 1)[0] ?? key;
}

function names(items: readonly { readonly name: string }[]): Set<string> {
  return new Set(items.map((item) => item.name));
}

/** What flows and dependencies may name. */
function referables(spec: Spec): Set<string> {
  const of = (kind: string, items: readonly { readonly name: string }[]): string[] =>
    items.map((item) => `${kind}/${item.name}`);
  return new Set([
    'internet',
    ...of('service', spec.services),
    ...of('store', spec.stores),
    ...of('external', spec.externals),
    ...of('subnet', spec.subnets),
  ]);
}
