import { posix } from 'node:path';
import { parse } from 'yaml';
import { isMapping } from '../../model/cursor.ts';
import { setInYaml } from './yaml-edit.ts';

const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** The folder's kustomization with the file among its resources; `undefined` where there is none or it lists the file already. */
export function listInKustomization(
  folder: string,
  file: string,
  current: (path: string) => string | undefined,
): [string, string] | undefined {
  for (const name of NAMES) {
    const path = posix.join(folder, name);
    const text = current(path);
    if (text === undefined) continue;
    const data: unknown = parse(text);
    const resources = isMapping(data) && Array.isArray(data['resources']) ? (data['resources'] as unknown[]) : [];
    if (resources.includes(file)) return undefined;
    const changed =
      resources.length === 0
        ? setInYaml(text, 0, ['resources'], [file])
        : setInYaml(text, 0, ['resources', resources.length], file);
    return [path, changed];
  }
  return undefined;
}
