import { environmentOf, type EnvironmentVariable } from '../../../../model/env.ts';
import { containers, workloadName, type Workload } from '../../../../model/kube.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import type { Figure, Known } from '../../figure.ts';
import { mentionOf, type Target } from './hosts.ts';
import { mappingsIn, mountedFiles, parsedFile } from './mounted.ts';
import {
  isOverflow,
  isPoolSetting,
  isPoolVariable,
  prefixOf,
  settingsIn,
  wholeNumber,
  PROCESSES,
} from './pool-names.ts';

/** One pool that a workload's settings describe. */
export interface FoundPool {
  readonly container: string;
  readonly pool: Figure;
  readonly user?: string;
  readonly database?: string;
}

/** Every pool towards the target in the workload's environment and mounted files. */
export function poolsTowards(view: PlatformView, workload: Workload, target: Target): FoundPool[] {
  return [...inEnvironment(view, workload, target), ...inFiles(view, workload, target)];
}

interface Literal {
  readonly name: string;
  readonly value: string;
  readonly variable: EnvironmentVariable;
}

function inEnvironment(view: PlatformView, workload: Workload, target: Target): FoundPool[] {
  const byContainer = Map.groupBy(environmentOf(view, workload), ({ container }) => container);
  return [...byContainer].flatMap(([container, variables]) => {
    const literals = variables.flatMap((variable): Literal[] => {
      const { source, name } = variable;
      return 'value' in source && source.value !== undefined ? [{ name, value: source.value, variable }] : [];
    });
    const hosts = literals.filter(({ name }) => prefixOf(name) !== undefined);
    const prefixes = new Set(
      hosts
        .filter(({ value }) => mentionOf(target, value, workload.namespace) !== undefined)
        .map(({ name }) => prefixOf(name) ?? ''),
    );
    const taken = new Set(hosts.map(({ name }) => prefixOf(name) ?? ''));
    const alone = target.relational && prefixes.size === 1;
    const general = (prefix: string): boolean => alone && !taken.has(prefix);
    return [...prefixes].map((prefix) => ({ container, ...ofPrefix(workload, prefix, literals, general) }));
  });
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
  return {
    pool: pool ?? {
      unknown: `how many connections a process of ${workloadName(workload)} opens (${prefix === '' ? 'its connection' : `${prefix}_…`} sets no pool)`,
      declare: `Set the pool in the environment of ${workloadName(workload)}, or declare it under services[].connections`,
    },
    ...optional(
      'user',
      valueOf(own, [`${prefix}_USER`, `${prefix}_USERNAME`, `${prefix}USER`]) ??
        strings.map(({ value }) => /\/\/([^:@/]+)(?::[^@]*)?@/.exec(value)?.[1]).find(Boolean),
    ),
    ...optional(
      'database',
      valueOf(own, [`${prefix}_NAME`, `${prefix}_DATABASE`, `${prefix}_DB`, `${prefix}DATABASE`]) ??
        strings.map(({ value }) => /\/\/[^/]+\/([\w-]+)/.exec(value)?.[1]).find(Boolean),
    ),
  };
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
  return { value, from: `${found.name}${also} of ${workloadName(workload)}`, origin: found.variable.origin };
}

function fromString(workload: Workload, { name, value, variable }: Literal): Known | undefined {
  const settings = settingsIn(value.includes('?') ? value.slice(value.indexOf('?') + 1) : value);
  const [setting, text] = settings.find(([key, given]) => isPoolSetting(key) && wholeNumber(given) !== undefined) ?? [];
  if (setting === undefined) return undefined;
  const overflow = settings.find(([key]) => isOverflow(key))?.[1];
  return {
    value: (wholeNumber(text) ?? 0) + (wholeNumber(overflow) ?? 0),
    from: `${setting} in ${name} of ${workloadName(workload)}`,
    origin: variable.origin,
  };
}

/** Mappings of configuration files that name the target as a host, each with the pool beside it. */
function inFiles(view: PlatformView, workload: Workload, target: Target): FoundPool[] {
  const files = mountedFiles(view, workload).filter(
    ({ text }) => mentionOf(target, text.replaceAll('\n', ' '), workload.namespace) !== undefined,
  );
  return files.flatMap((file) =>
    mappingsIn(parsedFile(file)).flatMap((mapping): FoundPool[] => {
      const entries = Object.entries(mapping);
      const isNamed = entries.some(
        ([key, value]) =>
          typeof value === 'string' &&
          /host|addr|url|uri|dsn|server|endpoint/i.test(key) &&
          !/name$/i.test(key) &&
          mentionOf(target, value, workload.namespace) !== undefined,
      );
      if (!isNamed) return [];
      const [key, value] =
        entries.find(([name, given]) => isPoolSetting(name) && wholeNumber(given) !== undefined) ?? [];
      const pool: Figure =
        key === undefined
          ? {
              unknown: `how many connections ${workloadName(workload)} opens (${file.key} of ${file.id} sets no pool)`,
              declare: `Set the pool in ${file.key}, or declare it under services[].connections`,
              origin: file.origin,
            }
          : { value: wholeNumber(value) ?? 0, from: `${key} in ${file.key} of ${file.id}`, origin: file.origin };
      return [
        {
          container: '',
          pool,
          ...optional('user', text(mapping['user'] ?? mapping['username'])),
          ...optional('database', text(mapping['database'] ?? mapping['databaseName'] ?? mapping['dbname'])),
        },
      ];
    }),
  );
}

/** Processes that each keep a pool: a variable, or the workers of a server that forks (`gunicorn --workers 4`). */
export function processesOf(view: PlatformView, workload: Workload): number {
  const variables = environmentOf(view, workload).filter(({ name }) => PROCESSES.includes(name));
  const set = variables
    .map(({ source }) => ('value' in source ? wholeNumber(source.value) : undefined))
    .find((value) => value !== undefined && value > 0);
  if (set !== undefined) return set;
  const words = containers(workload).map(({ at }) =>
    [...at.get('command').strings(), ...at.get('args').strings()].join(' '),
  );
  const forking = words.find((line) => /\b(?:gunicorn|uvicorn|hypercorn|granian|puma|unicorn)\b/.test(line)) ?? '';
  return Math.max(1, Number(/(?:--workers|-w)[= ](\d{1,4})\b/.exec(forking)?.[1] ?? 1));
}

function valueOf(literals: readonly Literal[], names: readonly string[]): string | undefined {
  return literals.find(({ name }) => names.includes(name))?.value;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function optional<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: T });
}
