import { posix } from 'node:path';
import { parse } from 'yaml';
import { isMapping } from '../../model/cursor.ts';
import type { Current } from './owners.ts';
import { setInYaml } from './yaml-edit.ts';

const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/**
 * The kustomization that a new file belongs to, with it among its resources; `undefined` where there is none or it lists the file already. It
 * is that of the folder, else the one further up that lists the file's neighbour.
 */
export function listInKustomization(neighbour: string, file: string, current: Current): [string, string] | undefined {
  for (const folder of foldersUp(posix.dirname(file))) {
    for (const path of NAMES.map((name) => posix.join(folder, name))) {
      const text = current(path);
      if (text === undefined) continue;
      const resources = resourcesOf(text);
      const lists = (wanted: string): boolean => resources.some((one) => posix.join(folder, String(one)) === wanted);
      const isOwn = folder === posix.dirname(file) || lists(neighbour);
      if (!isOwn || lists(file)) return undefined;
      return [path, withResource(text, resources.length, posix.relative(folder, file))];
    }
  }
  return undefined;
}

function foldersUp(folder: string): string[] {
  return folder === '.' ? ['.'] : [folder, ...foldersUp(posix.dirname(folder))];
}

function resourcesOf(text: string): readonly unknown[] {
  const data: unknown = parse(text);
  return isMapping(data) && Array.isArray(data['resources']) ? (data['resources'] as unknown[]) : [];
}

function withResource(text: string, count: number, entry: string): string {
  return count === 0 ? setInYaml(text, 0, ['resources'], [entry]) : setInYaml(text, 0, ['resources', count], entry);
}
