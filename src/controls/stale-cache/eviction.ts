import { containers } from '../../model/kube.ts';
import { mountedFiles } from '../../model/mounted-files.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { StoreSpec } from '../../model/spec.ts';
import { workloadsOfStore } from '../../model/subjects.ts';
import { resourceBlocks } from '../../proofs/topology/index.ts';

/** What a store does when it is full. Redis itself refuses writes (`noeviction`) unless it is told. */
export type Eviction =
  | { readonly state: 'told'; readonly policy: string; readonly origin: Origin }
  | { readonly state: 'default'; readonly policy: string }
  | { readonly state: 'unknown' };

const DIRECTIVE = 'maxmemory-policy';

export function evictionOf(view: PlatformView, store: StoreSpec): Eviction {
  return store.managed === undefined ? ofWorkloads(view, store) : ofParameterGroup(view, store.managed);
}

/** By the arguments of its program, which go before a configuration file that it mounts. */
function ofWorkloads(view: PlatformView, store: StoreSpec): Eviction {
  const running = workloadsOfStore(view, store).flatMap((workload) =>
    containers(workload).map(({ at }) => ({ workload, at })),
  );
  for (const { at } of running) {
    const args = at.get('args');
    const words = [...at.get('command').strings(), ...args.strings()].flatMap((word) => word.split(/[\s=]+/));
    const policy = words[words.indexOf(`--${DIRECTIVE}`) + 1];
    if (words.includes(`--${DIRECTIVE}`) && policy !== undefined) return { state: 'told', policy, origin: args.origin };
  }
  const files = running
    .flatMap(({ workload, at }) => mountedFiles(view, workload, at))
    .filter(({ text }) => /^\s*(?:maxmemory|port|appendonly|bind|save)\b/m.test(text));
  for (const { text, origin } of files) {
    const { directives } = view.readDirectives('redis-conf', text, origin);
    const policy = directives.findLast(({ name }) => name.toLowerCase() === DIRECTIVE)?.args[0];
    if (policy !== undefined) return { state: 'told', policy, origin };
  }
  return files.length > 0 ? { state: 'default', policy: 'noeviction' } : { state: 'unknown' };
}

/** Of ElastiCache, by the parameter groups in the folders that `managed` names. */
function ofParameterGroup(view: PlatformView, managed: string): Eviction {
  const folders: readonly string[] = managed.match(/[\w.-]+(?:\/[\w.-]+)+/g) ?? [];
  const groups = resourceBlocks(view, 'aws_elasticache_parameter_group').filter(({ module }) =>
    folders.includes(module),
  );
  const parameters = groups.flatMap(({ blocks }) => blocks).filter(({ type }) => type === 'parameter');
  for (const { attributes } of parameters) {
    const value = attributes['value'];
    if (attributes['name']?.literal === DIRECTIVE && value !== undefined && typeof value.literal === 'string')
      return { state: 'told', policy: value.literal, origin: value.origin };
  }
  return { state: 'unknown' };
}
