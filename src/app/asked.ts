import { bindControls } from '../engine/bind.ts';
import { namedSubjects } from '../engine/run.ts';
import { nearest } from '../engine/spec/suggest.ts';
import type { GateControl } from '../gate/input.ts';
import { subjectId } from '../model/control.ts';
import { LaunchgateError } from '../model/errors.ts';
import { artifactsOf } from './candidate.ts';
import { openProject } from './check.ts';
import { catalogControl, customControl } from './gate-controls.ts';
import { readPlatform } from './judge.ts';
import { controlOf } from './known-controls.ts';
import { paramsFor } from './params-for.ts';
import type { Project } from './project.ts';
import { readSpec } from './read-spec.ts';

/** What a control asks evidence for in one environment, by the sources as they are checked out. */
export interface Asked {
  readonly control: GateControl;
  readonly environment: string;
  /** Ids of what it must hold for. */
  readonly subjects: readonly string[];
  /** False where a source could not be read: there may be more subjects. */
  readonly isWhole: boolean;
  /** Digests of the images that run, where the platform was read. */
  readonly images?: ReadonlySet<string>;
}

/** Reads what a control asks for. Without a spec nothing is known of its subjects. Throws `usage` for a control that nobody knows. */
export async function askedBy(project: Project, id: string, environment: string): Promise<Asked> {
  const tree = openProject(project);
  const spec = await readSpec(tree, project);
  const custom = spec?.controls.find((one) => one.id === id);
  if (spec !== undefined && custom !== undefined)
    return { control: customControl(custom), environment, subjects: [`platform/${spec.name}`], isWhole: true };
  const [meta, { controls }] = await Promise.all([controlOf(id), import('../controls/catalog.ts')]);
  const built = controls.filter((one) => one.meta.id === id);
  if (spec === undefined)
    return {
      control: catalogControl(meta, built[0], () => built[0]?.params.parse({})),
      environment,
      subjects: [],
      isWhole: false,
    };
  const { facts } = await readPlatform(tree, project, { environment });
  const paramsOf = paramsFor(facts, built, bindControls(facts, built), tree);
  return {
    control: catalogControl(meta, built[0], (subject) => paramsOf(id, subject)),
    environment,
    subjects: namedSubjects(facts, built).map(({ subject }) => subjectId(subject)),
    isWhole: facts.gaps.length === 0,
    images: new Set([...artifactsOf(facts).values()].flat()),
  };
}

/**
 * Throws `usage` for a subject that a control does not have in an environment: what is signed for it would cover nothing, and nobody would
 * notice. Where a source could not be read, or there is no spec, it may be there all the same: the answer says so.
 */
export function demandSubject(subject: string, { control, environment, subjects, isWhole }: Asked): string | undefined {
  if (subjects.includes(subject)) return undefined;
  const { id } = control.meta;
  if (!isWhole)
    return `Whether ${id} has a subject ${subject} in ${environment} could not be told, for want of sources that can be read.`;
  const close = nearest(subject, subjects);
  throw new LaunchgateError('usage', `${id} has no subject ${subject} in ${environment}`, {
    next: close === undefined ? namedOf(subjects) : `Did you mean ${close}?`,
  });
}

const NAMED_SUBJECTS = 8;

function namedOf(subjects: readonly string[]): string {
  if (subjects.length === 0) return 'It has none there: leave --subject out.';
  const more = subjects.length - NAMED_SUBJECTS;
  const named = subjects.slice(0, NAMED_SUBJECTS).join(', ');
  return `Name one of ${named}${more > 0 ? ` and ${more} more` : ''}, or leave --subject out for all of them.`;
}
