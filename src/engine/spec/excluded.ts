import type { Spec } from '../../model/spec.ts';
import { isWithin, resolvePath, ROOT } from '../discover/paths.ts';
import type { SpecMistake } from './mistakes.ts';

/**
 * Deployables that an environment names and `exclude` leaves out, by their own path or a folder around it. Either answer would surprise: what
 * is named would be judged in spite of the exclusion, or what is excluded be missing in spite of its name.
 */
export function excludedDeployables({ environments, exclude }: Spec): SpecMistake[] {
  return environments.flatMap(({ deployables = [] }, environment) =>
    deployables.flatMap((entry, index) => {
      const path = pathOf(entry);
      const by = path === undefined ? -1 : exclude.findIndex((excluded) => leavesOut(excluded, path));
      if (by === -1) return [];
      const message = `"${entry}" is left out by exclude[${by}], "${exclude[by]}": take it out of one of the two`;
      return [{ pointer: ['environments', environment, 'deployables', index], message }];
    }),
  );
}

/** The path of an entry, which is one itself or the id of a deployable: `plain:deploy@staging` lies in `deploy`. */
function pathOf(entry: string): string | undefined {
  const ofId = /^(?:plain|kustomize|helm|terraform):([^@#]+)/.exec(entry)?.[1];
  return resolvePath(ROOT, ofId ?? entry);
}

function leavesOut(excluded: string, path: string): boolean {
  const folder = resolvePath(ROOT, excluded);
  return folder !== undefined && isWithin(folder, path);
}
