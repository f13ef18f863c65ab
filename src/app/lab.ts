/** The verbs of the lab, wired to the spec they start from. */
import { join, resolve } from 'node:path';
import { loadSpecFile, type OpenLab } from '../drills/lab/open.ts';
import { planLab, type PlanChanges } from '../drills/lab/plan.ts';
import { hasService } from '../drills/lab/run/programs.ts';
import { keepSources } from '../drills/lab/sources.ts';
import { status, type PartStatus } from '../drills/lab/status.ts';
import { up, type LabEvent, type UpReport } from '../drills/lab/up.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { ReachInput } from '../proofs/reachability/index.ts';
import { findProject, type Project } from './project.ts';

export { openLab, type OpenLab } from '../drills/lab/open.ts';

export interface LabPlace {
  readonly cwd: string;
  readonly platform?: string;
  readonly directory?: string;
}

/** Where the lab of this project is: `.launchgate/lab` beside the spec, unless said otherwise. */
export function labDirectory({ cwd, platform, directory }: LabPlace): string {
  // A shell variable that is not set would else be this very folder, which "lab down" removes.
  if (directory === '')
    throw new LaunchgateError('usage', '--directory is empty', { next: 'Name the folder, or leave the option out.' });
  return directory === undefined
    ? join(findProject(cwd, undefined, platform).root, '.launchgate', 'lab')
    : resolve(cwd, directory);
}

export interface StartOptions extends LabPlace {
  readonly changes: Omit<PlanChanges, 'available'>;
  readonly keep: boolean;
  /** Each part in a network namespace of its own, under the policies of the platform's manifests. Root on Linux only. */
  readonly segmented: boolean;
  readonly signal: AbortSignal;
  readonly watch: (event: LabEvent) => void;
}

/** Starts the lab of the project's spec. */
export async function startLab(options: StartOptions): Promise<UpReport> {
  const project = findProject(options.cwd, undefined, options.platform);
  const { root, spec } = project;
  if (spec === undefined)
    throw new LaunchgateError('not-found', 'no launchgate.yaml here or in a folder above', {
      next: 'Name one with --platform; the reference platform is examples/gpu-cloud/launchgate.yaml.',
    });
  const path = join(root, spec);
  const directory = labDirectory(options);
  const plan = planLab(await loadSpecFile(path), root, { ...options.changes, available: hasService });
  if (options.segmented) demandNamespaces();
  const policies = options.segmented ? await policiesOf(project) : undefined;
  return up({
    directory,
    plan,
    ...(policies === undefined ? {} : { policies }),
    spec: path,
    keep: options.keep,
    signal: options.signal,
    watch: options.watch,
    // Status is asked of the platform as it was started, whatever becomes of the spec.
    prepared: () => keepSources(directory, { root, spec: path, exclude: plan.spec.exclude }),
  });
}

/** The network policies that would be deployed, of the environment that the lab stands for. */
export async function policiesOf(project: Project): Promise<ReachInput> {
  const [{ readReach }, { reachInput }] = await Promise.all([
    import('./reach/read.ts'),
    import('../proofs/reachability/index.ts'),
  ]);
  const { view } = await readReach(project, {});
  return reachInput(view);
}

function demandNamespaces(): void {
  if (process.platform === 'linux' && process.getuid?.() === 0) return;
  throw new LaunchgateError('usage', '--segmented makes network namespaces, which only root on Linux may', {
    next: 'Run it with sudo, or leave the option out.',
  });
}

/** What each part of an open lab answers. */
export function labStatus({ lab, state, parts }: OpenLab): Promise<PartStatus[]> {
  return status(lab, state, parts);
}
