import type { At } from '../../model/origin.ts';
import type { Finding } from '../../model/result.ts';
import type { Pipelines } from '../../proofs/workflows/index.ts';

/** Reusable workflows that verify themselves by the version tag they are called with and refuse a commit. */
const BY_TAG_ONLY = /^slsa-framework\/slsa-github-generator\/.+@v\d+\.\d+\.\d+$/;
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
  if (name.startsWith('docker://')) return /@sha256:[0-9a-f]{64}$/.test(name);
  if (BY_TAG_ONLY.test(name)) return true;
  const at = name.lastIndexOf('@');
  const owner = name.split('/')[0] ?? '';
  if (trustedOwners.some((trusted) => trusted.toLowerCase() === owner.toLowerCase())) return true;
  return at !== -1 && FULL_SHA.test(name.slice(at + 1));
}
