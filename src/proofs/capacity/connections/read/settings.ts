import { environmentOf } from '../../../../model/env.ts';
import { workloadName, type Workload } from '../../../../model/kube.ts';
import type { Origin } from '../../../../model/origin.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import { present } from '../../../disruption/read/present.ts';
import type { Figure, Known } from '../../figure.ts';
import { names, type Target } from './hosts.ts';
import { isOverflow, isPoolSetting, isPoolVariable, prefixOf, settingsIn, wholeNumber } from './pool-names.ts';

/** One pool that a workload's settings describe. */
export interface FoundPool {
  readonly container: string;
  readonly pool: Figure;
  readonly user?: string;
  readonly database?: string;
}

/** A setting with a name and a text: a variable, or a line of a properties file under the name it has as a variable. */
export interface Literal {
  readonly name: string;
  readonly value: string;
  readonly origin: Origin;
}

/** Every pool towards the target in the environment of the workload's containers. */
export function inEnvironment(view: PlatformView, workload: Workload, target: Target): FoundPool[] {
  const byContainer = Map.groupBy(environmentOf(view, workload), ({ container }) => container);
  return [...byContainer].flatMap(([container, variables]) => {
    const literals = variables.flatMap(({ source, name, origin }): Literal[] =>
      'value' in source && source.value !== undefined ? [{ name, value: source.value, origin }] : [],
    );
    return inLiterals(workload, literals, target).map((pool) => ({ container, ...pool }));
  });
}

/** One pool for each prefix whose host is the target. */
export function inLiterals(
  workload: Workload,
  literals: readonly Literal[],
  target: Target,
): Omit<FoundPool, 'container'>[] {
  const hosts = literals.filter(({ name }) => prefixOf(name) !== undefined);
  const ours = hosts.filter(({ value }) => names(target, value, workload.namespace));
  const prefixes = new Set(ours.map(({ name }) => prefixOf(name) ?? ''));
  const taken = new Set(hosts.map(({ name }) => prefixOf(name) ?? ''));
  const alone = target.relational && prefixes.size === 1;
  const general = (prefix: string): boolean => alone && !taken.has(prefix);
  return [...prefixes].map((prefix) => ofPrefix(workload, prefix, literals, general));
}

/** The pool of one group of variables: a variable of its own, else a parameter of the connection string. */
function ofPrefix(
  workload: Workload,
  prefix: string,
  literals: readonly Literal[],
  general: (prefix: string) => boolean,
): Omit<FoundPool, 'container'> {
  const own = literals.filter(
    ({ name }) => name === prefix || name.startsWith(`${prefix}_`) || prefix === '' || prefixOf(name) === prefix,
  );
  const strings = own.filter(({ name, value }) => prefixOf(name) === prefix && /[=/@]/.test(value));
  const pool =
    fromVariable(workload, prefix, literals, general) ??
    strings.map((text) => fromString(workload, text)).find((found) => found !== undefined);
  return present<Omit<FoundPool, 'container'>>({
    pool: pool ?? {
      unknown: `how many connections a process of ${workloadName(workload)} opens (${prefix === '' ? 'its connection' : `${prefix}_…`} sets no pool)`,
      declare: `Set the pool in the environment of ${workloadName(workload)}, or declare it under services[].connections`,
    },
    user:
      valueOf(own, [`${prefix}_USER`, `${prefix}_USERNAME`, `${prefix}USER`]) ??
      strings.map(({ value }) => /\/\/([^:@/]+)(?::[^@]*)?@/.exec(value)?.[1]).find(Boolean),
    database:
      valueOf(own, [`${prefix}_NAME`, `${prefix}_DATABASE`, `${prefix}_DB`, `${prefix}DATABASE`]) ??
      strings.map(({ value }) => /\/\/[^/]+\/([\w-]+)/.exec(value)?.[1]).find(Boolean),
  });
}

function fromVariable(
  workload: Workload,
  prefix: string,
  literals: readonly Literal[],
  general: (prefix: string) => boolean,
): Known | undefined {
  const found = literals.find(
    ({ name, value }) => isPoolVariable(name, prefix, general) && wholeNumber(value) !== undefined,
  );
  if (found === undefined) return undefined;
  const overflow = literals.find(({ name }) => isOverflow(name) && (name.startsWith(prefix) || general('')));
  const value = (wholeNumber(found.value) ?? 0) + (wholeNumber(overflow?.value) ?? 0);
  const also = overflow === undefined ? '' : ` + ${overflow.name}`;
  return { value, from: `${found.name}${also} of ${workloadName(workload)}`, origin: found.origin };
}

function fromString(workload: Workload, { name, value, origin }: Literal): Known | undefined {
  const settings = settingsIn(value.includes('?') ? value.slice(value.indexOf('?') + 1) : value);
  const [setting, text] = settings.find(([key, given]) => isPoolSetting(key) && wholeNumber(given) !== undefined) ?? [];
  if (setting === undefined) return undefined;
  const overflow = settings.find(([key]) => isOverflow(key))?.[1];
  return {
    value: (wholeNumber(text) ?? 0) + (wholeNumber(overflow) ?? 0),
    from: `${setting} in ${name} of ${workloadName(workload)}`,
    origin,
  };
}

function valueOf(literals: readonly Literal[], names: readonly string[]): string | undefined {
  return literals.find(({ name }) => names.includes(name))?.value;
}
