import { isMapping } from '../../../../model/cursor.ts';
import { containers, type Workload } from '../../../../model/kube.ts';
import { mountedFiles, type MountedFile } from '../../../../model/mounted-files.ts';
import type { PlatformView } from '../../../../model/platform.ts';

/** Larger texts are data, not configuration. */
const MOST = 256 * 1024;

/** The configuration that the containers of a workload mount, each key of a ConfigMap once. */
export function configurationFiles(view: PlatformView, workload: Workload): MountedFile[] {
  const files = containers(workload)
    .flatMap(({ at }) => mountedFiles(view, workload, at))
    .filter(({ text }) => text.length <= MOST);
  return [...new Map(files.map((file) => [`${file.id} ${file.key}`, file])).values()];
}

/** The mapping that a file of YAML or JSON holds. */
export function mappingOf(view: PlatformView, { key, text }: MountedFile): Record<string, unknown> | undefined {
  const parsed = /\.(?:ya?ml|json)$/i.test(key) ? view.readData(text) : undefined;
  return isMapping(parsed) ? parsed : undefined;
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
