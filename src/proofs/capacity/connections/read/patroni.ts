import { isMapping } from '../../../../model/cursor.ts';
import type { Workload } from '../../../../model/kube.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import type { Known } from '../../figure.ts';
import { configurationFiles, mappingOf } from './mounted.ts';
import { wholeNumber } from './pool-names.ts';

/**
 * Patroni takes `max_connections` from its dynamic configuration alone (`bootstrap.dcs` when the cluster is made, `patronictl
 * edit-config` later), because primary and replicas must agree. In the local configuration it has no effect, and 100 is used
 * (patroni docs/patroni_configuration.rst, "PostgreSQL parameters controlled by Patroni").
 */
export function patroniLimit(view: PlatformView, workload: Workload): Known | undefined {
  for (const file of configurationFiles(view, workload)) {
    const config = mappingOf(view, file);
    if (config === undefined || config['scope'] === undefined || !isMapping(config['postgresql'])) continue;
    const dynamic = wholeNumber(at(config, 'bootstrap', 'dcs', 'postgresql', 'parameters', 'max_connections'));
    if (dynamic !== undefined)
      return { value: dynamic, from: `bootstrap.dcs in ${file.key} of ${file.id}`, origin: file.origin };
    const local = wholeNumber(at(config, 'postgresql', 'parameters', 'max_connections'));
    const ignored =
      local === undefined
        ? ''
        : `; the ${local} under postgresql.parameters of ${file.key} has no effect, it belongs under bootstrap.dcs`;
    return { value: 100, from: `the default of Patroni${ignored}`, origin: file.origin };
  }
  return undefined;
}

function at(root: unknown, ...path: string[]): unknown {
  return path.reduce((value: unknown, key) => (isMapping(value) ? value[key] : undefined), root);
}
