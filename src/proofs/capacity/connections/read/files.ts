import { isMapping } from '../../../../model/cursor.ts';
import { workloadName, type Workload } from '../../../../model/kube.ts';
import type { MountedFile } from '../../../../model/mounted-files.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import { present } from '../../../disruption/read/present.ts';
import type { Figure } from '../../figure.ts';
import { names, type Target } from './hosts.ts';
import { mappingsIn, configurationFiles, mappingOf, settingLines } from './mounted.ts';
import { isPoolSetting, wholeNumber } from './pool-names.ts';
import { inLiterals, type FoundPool } from './settings.ts';

/** Every pool towards the target in the configuration files that the workload mounts: YAML, JSON, properties and their like. */
export function inFiles(view: PlatformView, workload: Workload, target: Target): FoundPool[] {
  const words = [...target.services.map(({ name }) => name), ...target.hosts];
  const files = configurationFiles(view, workload).filter(({ text }) => words.some((word) => text.includes(word)));
  return files.flatMap((file) => {
    const structured = mappingsIn(mappingOf(view, file)).flatMap((mapping) =>
      inMapping(workload, file, mapping, target),
    );
    return [...structured, ...inProperties(workload, file, target)];
  });
}

/** `spring.datasource.url=…` is what `SPRING_DATASOURCE_URL` would be. */
function inProperties(workload: Workload, file: MountedFile, target: Target): FoundPool[] {
  if (!/\.(?:properties|env|toml|ini)$/i.test(file.key)) return [];
  const literals = settingLines(file.text).map(({ section, name, value }) => ({
    name: `${section === '' ? '' : `${section}_`}${name}`.toUpperCase().replaceAll(/[.-]/g, '_'),
    value: value.replaceAll(/^["']|["']$/g, ''),
    origin: file.origin,
  }));
  return inLiterals(workload, literals, target).map((pool) => ({ container: '', ...pool }));
}

/** A mapping that names the target as a host, with the pool beside it or one level below (`hikari: { maximum-pool-size }`). */
function inMapping(
  workload: Workload,
  file: MountedFile,
  mapping: Readonly<Record<string, unknown>>,
  target: Target,
): FoundPool[] {
  const isHost = ([key, value]: [string, unknown]): boolean =>
    typeof value === 'string' &&
    /host|addr|url|uri|dsn|server|endpoint/i.test(key) &&
    !/name$/i.test(key) &&
    names(target, value, workload.namespace);
  const entries = Object.entries(mapping);
  if (!entries.some(isHost)) return [];
  const near = [...entries, ...entries.flatMap(([, value]) => (isMapping(value) ? Object.entries(value) : []))];
  const [key, value] = near.find(([name, given]) => isPoolSetting(name) && wholeNumber(given) !== undefined) ?? [];
  const pool: Figure =
    key === undefined
      ? {
          unknown: `how many connections ${workloadName(workload)} opens (${file.key} of ${file.id} sets no pool)`,
          declare: `Set the pool in ${file.key}, or declare it under services[].connections`,
          origin: file.origin,
        }
      : { value: wholeNumber(value) ?? 0, from: `${key} in ${file.key} of ${file.id}`, origin: file.origin };
  return [
    present<FoundPool>({
      container: '',
      pool,
      user: text(mapping['user'] ?? mapping['username']),
      database: text(mapping['database'] ?? mapping['databaseName'] ?? mapping['dbname']),
    }),
  ];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
