import type { CommonMetadata, Deployable, HiddenVariables } from '../../model/platform.ts';
import type { Recognised } from './found.ts';

/** One source of an application of Argo CD or Flux, with every path relative to the repository's root. */
export interface AppSource {
  /** The application's name. */
  readonly app: string;
  /** File that declares it. */
  readonly declaredBy: string;
  readonly line: number;
  readonly environment: Recognised;
  readonly namespace?: string;
  readonly commonMetadata?: CommonMetadata;
  readonly source: FolderSource | ChartSource | ForeignSource;
}

/** A folder of this repository; what it holds decides how it is rendered. */
export interface FolderSource {
  readonly type: 'folder';
  readonly path: string;
  readonly recurse: boolean;
  /** Globs on file names, for plain folders. */
  readonly include?: string;
  readonly exclude?: string;
  /** Kustomize fields the application adds, and variables that Flux substitutes. */
  readonly overlay?: Readonly<Record<string, unknown>>;
  readonly substitute?: Readonly<Record<string, string>>;
  readonly hiddenVariables?: HiddenVariables;
  /** Where the folder has no kustomization, the application makes one. */
  readonly generated?: true;
  readonly helm: HelmOptions;
  /** Values files that are named and not there. */
  readonly missing: readonly string[];
  /** What is asked for and not evaluated here, in words. */
  readonly unsupported: readonly string[];
}

/** A chart of this repository that the application names as such. */
export interface ChartSource {
  readonly type: 'chart';
  readonly path: string;
  readonly helm: HelmOptions;
  /** Values files that are named and not there. */
  readonly missing: readonly string[];
  readonly unsupported: readonly string[];
}

/** Something that lies elsewhere or cannot be told: what it is, in words. */
export interface ForeignSource {
  readonly type: 'foreign';
  readonly name: string;
  readonly reason: string;
  readonly fix: string;
  /** Files of this repository that a chart from elsewhere is given as values. */
  readonly valuesFiles?: readonly string[];
}

/** How a chart is rendered. */
export type HelmOptions = NonNullable<Deployable['helm']>;

/** A source that lies outside of this repository. */
export function foreign(app: string, what: string, valuesFiles: readonly string[] = []): ForeignSource {
  return {
    type: 'foreign',
    name: app,
    reason: `${app} deploys ${what}, which is not in this repository`,
    fix: 'Check that repository as well.',
    ...(valuesFiles.length > 0 && { valuesFiles }),
  };
}
