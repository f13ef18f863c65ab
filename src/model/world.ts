import type { Deployable, Gap } from './platform.ts';

/** The files of a repository, confined to its root. Symbolic links that leave it, sockets and devices are gaps, not files. */
export interface FileTree {
  /** Absolute path, for child processes and messages; never part of a digest. */
  readonly root: string;
  /** Paths relative to the root, `/`-separated, sorted. Version-control folders, `node_modules` and the like are left out. */
  readonly files: readonly string[];
  /** What was met and not taken in: links out of the root, unreadable folders, too many files. */
  readonly gaps: readonly Gap[];
  has(path: string): boolean;
  /** The bytes of a file; throws a LaunchgateError `input-unreadable` or `input-hostile` (over the size bound). */
  read(path: string): Uint8Array;
  /** The text of a file; throws `input-hostile` where it is not valid UTF-8. */
  text(path: string): string;
}

/** What a rendering tool answered. */
export type RenderOutcome =
  | { readonly ok: true; readonly yaml: string }
  | { readonly ok: false; readonly reason: string; readonly fix: string };

/** Renders by the user's own tools, time-boxed, in an empty home, without plug-ins or remote bases. */
export interface Renderers {
  /** True when Kustomize may fetch remote bases; otherwise they are refused before it runs. */
  readonly allowRemote: boolean;
  /** `overlay`: fields of a kustomization that an application adds on top of the folder, or of these files of a folder that has none. */
  kustomize(
    tree: FileTree,
    path: string,
    overlay?: Readonly<Record<string, unknown>>,
    files?: readonly string[],
  ): Promise<RenderOutcome>;
  helm(tree: FileTree, deployable: Deployable): Promise<RenderOutcome>;
}
