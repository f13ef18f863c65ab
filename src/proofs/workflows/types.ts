import type { At, Origin } from '../../model/origin.ts';

/** A named text of a mapping: an input, a variable. Numbers and booleans appear as GitHub turns them into text. */
export interface Entry {
  readonly name: string;
  readonly value: string;
  readonly origin: Origin;
}

/** One event a workflow starts on. https://docs.github.com/actions/reference/events-that-trigger-workflows */
export interface Trigger {
  readonly event: string;
  /** Filters as written; undefined where there is none. */
  readonly branches?: readonly string[];
  readonly branchesIgnore?: readonly string[];
  readonly tags?: readonly string[];
  readonly tagsIgnore?: readonly string[];
  readonly types?: readonly string[];
  /** Names of the workflows a `workflow_run` follows. */
  readonly workflows?: readonly string[];
  readonly inputs: readonly {
    readonly name: string;
    readonly options: readonly string[];
    readonly fallback?: string;
  }[];
  readonly origin: Origin;
}

/** What the job's token may do: a word for everything, or scopes. */
export type Permissions = 'read-all' | 'write-all' | Readonly<Record<string, string>>;

export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly uses?: At<string>;
  readonly run?: At<string>;
  /** The folder its script starts in, an expression perhaps; absent: the one of the checkout. */
  readonly directory?: string;
  readonly with: readonly Entry[];
  readonly env: readonly Entry[];
  readonly condition?: string;
  /** Its failure does not fail the job. */
  readonly continueOnError: boolean;
  readonly origin: Origin;
}

export interface Job {
  readonly id: string;
  readonly name?: string;
  /** A reusable workflow that is called in place of steps. */
  readonly uses?: At<string>;
  readonly with: readonly Entry[];
  /** Name of the environment, an expression perhaps. */
  readonly environment?: At<string>;
  readonly permissions?: At<Permissions>;
  readonly env: readonly Entry[];
  readonly steps: readonly Step[];
  readonly condition?: string;
  readonly needs: readonly string[];
  /** Values by matrix key, those of `include` added. */
  readonly matrix: Readonly<Record<string, readonly string[]>>;
  /** Images of service containers. */
  readonly services: readonly At<string>[];
  readonly container?: At<string>;
  readonly continueOnError: boolean;
  readonly origin: Origin;
}

export interface Workflow {
  readonly path: string;
  /** Its `name`, or its path as GitHub shows it. */
  readonly name: string;
  readonly triggers: readonly Trigger[];
  readonly permissions?: At<Permissions>;
  readonly env: readonly Entry[];
  readonly jobs: readonly Job[];
  readonly origin: Origin;
}

/** A composite action of the repository; other kinds have no steps. */
export interface LocalAction {
  /** Folder, as `uses: ./folder` names it. */
  readonly folder: string;
  readonly path: string;
  /** With their defaults; empty where there is none. */
  readonly inputs: readonly Entry[];
  readonly steps: readonly Step[];
  /** The image a container action runs, where it is not a Dockerfile. */
  readonly image?: At<string>;
}

/** All pipelines of a repository. */
export interface Pipelines {
  readonly workflows: readonly Workflow[];
  readonly actions: readonly LocalAction[];
}
