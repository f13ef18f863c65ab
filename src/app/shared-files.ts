import type { Deployable } from '../model/platform.ts';

/** A file that more than one environment is made of. */
export interface SharedFile {
  readonly path: string;
  /** Names of the other environments. */
  readonly environments: readonly string[];
}

/** Which of the files other environments than the named one are made of too, such as the base of several overlays. */
export function sharedFiles(
  deployables: readonly Deployable[],
  environment: string,
  paths: readonly string[],
): SharedFile[] {
  return paths.flatMap((path) => {
    const others = deployables.filter(({ sources }) => sources.includes(path)).map((one) => one.environment);
    const environments = [...new Set(others)].filter((name) => name !== undefined && name !== environment).sort();
    return environments.length === 0 ? [] : [{ path, environments: environments as string[] }];
  });
}
