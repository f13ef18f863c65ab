import type { At } from '../../model/origin.ts';
import type { Finding } from '../../model/result.ts';
import { possibleValues, type Job, type Pipelines, type Workflow } from '../../proofs/workflows/index.ts';

/** Reusable workflows that verify themselves by the version tag they are called with and refuse a commit. */
const BY_TAG_ONLY = /^slsa-framework\/slsa-github-generator\/.+@v\d+\.\d+\.\d+$/;
const DIGEST = /@sha256:[0-9a-f]{64}$/;
const FULL_SHA = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** Actions and reusable workflows of others that are named by something that can move; one finding for each name. */
export function unpinned(pipelines: Pipelines, trustedOwners: readonly string[]): Finding[] {
  const places = Map.groupBy(
    used(pipelines).filter(({ value }) => !isPinned(value, trustedOwners)),
    ({ value }) => value,
  );
  return [...places].map(([name, uses]): Finding => {
    const more = uses.length === 1 ? '' : `, in ${uses.length} places`;
    const container = name.startsWith('docker://');
    return {
      message: `${name} is ${container ? 'not pinned to a digest' : 'not pinned to a commit'}${more}: whoever moves the ${container ? 'tag' : 'tag or branch'} runs code in the job`,
      severity: /^(?:actions|github)\//.test(name) ? 'low' : 'medium',
      ...(uses[0] === undefined ? {} : { origin: uses[0].origin }),
      remediation: container
        ? 'Name the image by its sha256 digest.'
        : 'Name the commit by its full SHA, with the version in a comment for the update bot.',
    };
  });
}

/** Images of a job's own container and of its services, by what their expressions can be. */
interface JobImages {
  readonly findings: readonly Finding[];
  /** An image that nobody can tell from the workflow. */
  readonly unknown?: At<string>;
}

export function jobImages(pipelines: Pipelines): JobImages {
  const named = pipelines.workflows.flatMap((workflow) =>
    workflow.jobs.flatMap((job) => {
      const images = [
        ...(job.container === undefined ? [] : [{ at: job.container, what: 'container' as const }]),
        ...job.services.map((at) => ({ at, what: 'service' as const })),
      ];
      return images.map(({ at, what }) => ({ at, what, can: imagesIn(at.value, job, workflow, pipelines) }));
    }),
  );
  const places = Map.groupBy(
    named.flatMap(({ at, what, can }) => can.values.map((image) => ({ image, what, origin: at.origin }))),
    ({ image, what }) => `${what} ${image}`,
  );
  const findings = [...places.values()].flatMap(([first, ...more]): Finding[] => {
    if (first === undefined || first.image === '' || DIGEST.test(first.image)) return [];
    const { image, what, origin } = first;
    const where = more.length === 0 ? '' : `, in ${more.length + 1} places`;
    const runs = what === 'container' ? 'runs the job' : 'runs beside the job';
    return [
      {
        message: `the ${what} image ${image} is not pinned to a digest${where}: whoever moves the tag ${runs}`,
        severity: what === 'container' ? 'medium' : 'low',
        origin,
        remediation: 'Name the image by its sha256 digest.',
      },
    ];
  });
  const unknown = named.find(({ can }) => !can.complete)?.at;
  return { findings, ...(unknown !== undefined && { unknown }) };
}

/** Words before an expression stay; one that is followed by words cannot be the digest. */
function imagesIn(text: string, ...where: [Job, Workflow, Pipelines]): ReturnType<typeof possibleValues> {
  const [, before = '', last] = /^(.*?)(\$\{\{[^{}]*\}\})$/s.exec(text.trim()) ?? [];
  if (last === undefined) return { values: [text], complete: true };
  const { values, complete } = possibleValues(last, ...where);
  return { values: values.map((value) => `${before}${value}`), complete };
}

function used({ workflows, actions }: Pipelines): At<string>[] {
  const jobs = workflows.flatMap((workflow) => workflow.jobs);
  const steps = [...jobs, ...actions].flatMap((owner) => owner.steps);
  return [
    ...jobs.flatMap(({ uses }) => uses ?? []),
    ...steps.flatMap(({ uses }) => uses ?? []),
    ...actions.flatMap(({ image }) => image ?? []),
  ];
}

function isPinned(name: string, trustedOwners: readonly string[]): boolean {
  if (name.startsWith('./') || name.startsWith('../')) return true;
  if (name.startsWith('docker://')) return DIGEST.test(name);
  if (BY_TAG_ONLY.test(name)) return true;
  const at = name.lastIndexOf('@');
  const owner = name.split('/')[0] ?? '';
  if (trustedOwners.some((trusted) => trusted.toLowerCase() === owner.toLowerCase())) return true;
  return at !== -1 && FULL_SHA.test(name.slice(at + 1));
}
