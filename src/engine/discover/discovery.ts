import type { HclBlock, RepoDocument } from '../../model/document.ts';
import type { KubeObject } from '../../model/kube.ts';
import type { Deployable, Gap } from '../../model/platform.ts';
import type { Spec } from '../../model/spec.ts';
import type { FileTree, Renderers } from '../../model/world.ts';
import type { Survey } from './survey.ts';

/** What is there on purpose but does not run: tests, examples, unselected components, library charts. */
export interface LeftOut {
  readonly path: string;
  /** Why, as a clause: "a test folder that nothing selects". */
  readonly reason: string;
}

/** A deployable turned into objects. */
export interface Rendered {
  readonly objects: readonly KubeObject[];
  /** What of it could not be read; also in the gaps of the discovery. */
  readonly gaps: readonly Gap[];
  /** The rendered text, for kinds that a tool rendered: what {@link KubeObject.origin} counts documents of. */
  readonly yaml?: string;
  /** Set when a pinned render stood in for the tool: why the tool did not run. */
  readonly pinned?: string;
}

/** Everything a repository holds, before an environment is chosen. */
export interface Discovery {
  readonly tree: FileTree;
  readonly deployables: readonly Deployable[];
  /** By deployable id. Terraform roots, and deployables of environments that were not asked for, are missing. */
  readonly rendered: ReadonlyMap<string, Rendered>;
  readonly documents: readonly RepoDocument[];
  readonly terraform: readonly HclBlock[];
  readonly gaps: readonly Gap[];
  readonly files: readonly string[];
  readonly leftOut: readonly LeftOut[];
  /** What the finders read, for tracing rendered values back to their sources. */
  readonly survey: Survey;
}

export interface DiscoverOptions {
  readonly renderers: Renderers;
  /** Paths it excludes are left out; deployables it names are taken even where nothing else selects them. */
  readonly spec?: Spec | undefined;
  /** Renders only what belongs to this environment (by default the spec's or the most production-like one). */
  readonly environment?: string | undefined;
  /** `chosen`: only the chosen environment is rendered. Default: `all`. */
  readonly render?: 'all' | 'chosen';
  /**
   * Whether a pinned render may stand in where the tool cannot run. `never` for a gate: a pin is written by whoever writes the
   * sources, and a forged one would be believed.
   */
  readonly pins?: 'fallback' | 'never';
  /** Prefixes of paths that are left out; by default those of the spec. */
  readonly exclude?: readonly string[];
}
