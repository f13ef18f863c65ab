import { load } from 'js-yaml';
import { cursor, podSpec, type Workload } from '../../../../model/kube.ts';
import { isMapping } from '../../../../model/cursor.ts';
import type { Origin } from '../../../../model/origin.ts';
import type { PlatformView } from '../../../../model/platform.ts';

/** A file that a pod gets from a ConfigMap. */
export interface MountedFile {
  /** `ConfigMap data/pgbouncer`. */
  readonly id: string;
  readonly key: string;
  readonly text: string;
  readonly origin: Origin;
}

/** Larger texts are data, not configuration. */
const MOST = 256 * 1024;

/** Files of the ConfigMaps that the workload's pods mount, projected ones included. */
export function mountedFiles(view: PlatformView, workload: Workload): MountedFile[] {
  const names = podSpec(workload)
    .get('volumes')
    .items()
    .flatMap((volume) => [
      volume.get('configMap', 'name').string() ?? [],
      volume
        .get('projected', 'sources')
        .items()
        .flatMap((source) => source.get('configMap', 'name').string() ?? []),
    ])
    .flat();
  return view
    .objects('ConfigMap', workload.namespace)
    .filter(({ name }) => names.includes(name))
    .flatMap((object) =>
      cursor(object)
        .get('data')
        .entries()
        .flatMap(([key, at]) => {
          const text = at.value;
          if (typeof text !== 'string' || text.length > MOST) return [];
          return [{ id: `ConfigMap ${workload.namespace}/${object.name}`, key, text, origin: at.origin }];
        }),
    );
}

/** The text as YAML or JSON; undefined where it is neither, or a scalar. */
export function parsedFile({ key, text }: MountedFile): Record<string, unknown> | undefined {
  if (!/\.(?:ya?ml|json)$/i.test(key)) return undefined;
  try {
    const parsed: unknown = load(text);
    return isMapping(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Every mapping in a parsed file, from the outside in; no more than ten thousand, so that aliases cannot blow it up. */
export function mappingsIn(root: unknown): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = [];
  const queue = [root];
  for (let at = 0; at < queue.length && at < 10_000; at += 1) {
    const value = queue[at];
    if (isMapping(value)) found.push(value);
    if (typeof value === 'object' && value !== null) queue.push(...Object.values(value));
  }
  return found;
}

/** `key = value` and `key: value` lines without comments, of INI files, postgresql.conf, redis.conf and their like. */
export function settingLines(
  text: string,
): { readonly section: string; readonly name: string; readonly value: string }[] {
  let section = '';
  return text.split('\n').flatMap((line) => {
    const header = /^\s*\[([^\]]+)\]/.exec(line)?.[1];
    if (header !== undefined) section = header.trim();
    const [, name, value] =
      /^\s*([A-Za-z*][\w.*-]*)\s*[=: \t]\s*(.*?)\s*,?\s*$/.exec(line.replace(/(?:^|\s)[#;].*$/, '')) ?? [];
    return name === undefined || value === undefined ? [] : [{ section, name, value: value.replace(/^=\s*/, '') }];
  });
}
