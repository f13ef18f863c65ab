import { drillJobs } from '../engine/drill-jobs.ts';
import { LaunchgateError } from '../model/errors.ts';
import { openProject } from './check.ts';
import { readPin, type Pinned } from './home.ts';
import { ledgerFolder } from './ledger.ts';
import type { Project } from './project.ts';
import { readSpec } from './read-spec.ts';

/** The drill calendar of the spec as Kubernetes objects, for an environment; staging, or the only one, by default. */
export async function synthesizeDrillJobs(
  project: Project,
  env: Readonly<Record<string, string | undefined>>,
  options: { readonly environment?: string; readonly image: string; readonly namespace: string },
): Promise<string> {
  const spec = await readSpec(openProject(project), project);
  if (spec === undefined || spec.drills.length === 0)
    throw new LaunchgateError('usage', 'the spec schedules no drill', {
      next: 'List drills with how often under drills in launchgate.yaml.',
    });
  const named = options.environment ?? spec.environments.find(({ kind }) => kind === 'staging')?.name;
  const environment = spec.environments.find(({ name }) => name === named);
  if (environment === undefined)
    throw new LaunchgateError('usage', `the spec has no environment ${named ?? 'of kind staging'}`, {
      next: `Name one with --environment: ${spec.environments.map(({ name }) => name).join(', ')}.`,
    });
  if (environment.kind === 'production')
    throw new LaunchgateError('usage', `${environment.name} is production, which no calendar drills by itself`, {
      next: 'Drills on production need a sign-off each time: "launchgate drill approve".',
    });
  const { catalog } = await import('../controls/catalog.ts');
  const drills = catalog.filter(({ halves }) => halves.includes('drill')).map(({ id }) => id);
  const pin = pinOf(project, env);
  return drillJobs(spec, drills, {
    ...options,
    environment: environment.name,
    ...(pin === undefined ? {} : { pin }),
  });
}

/** Without a pin the operator has to make the ConfigMap: a drill that knows no policy does not know its target either. */
function pinOf(project: Project, env: Readonly<Record<string, string | undefined>>): Pinned | undefined {
  try {
    return readPin(env, ledgerFolder(project));
  } catch (error) {
    if (error instanceof LaunchgateError && error.code === 'not-found') return undefined;
    throw error;
  }
}
