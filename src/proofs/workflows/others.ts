import type { PlatformView } from '../../model/platform.ts';

const OTHERS =
  /^(?:\.gitlab-ci\.ya?ml|\.circleci\/config\.ya?ml|Jenkinsfile|azure-pipelines\.ya?ml|\.travis\.ya?ml|\.buildkite\/.+\.ya?ml|\.drone\.ya?ml|bitbucket-pipelines\.ya?ml|\.tekton\/.+\.ya?ml|\.woodpecker\.ya?ml|\.semaphore\/.+\.ya?ml|cloudbuild\.ya?ml|\.cirrus\.ya?ml|appveyor\.ya?ml|\.prow\.ya?ml)$/;

/** What plans and applies Terraform on pull requests, outside of any pipeline. */
const PLANNERS = /(?:^|\/)(?:atlantis\.ya?ml|digger\.ya?ml|\.spacelift\/config\.ya?ml|env0\.ya?ml)$/;

/** Pipelines of other systems, which are not read. */
export function otherPipelines(files: readonly string[]): string[] {
  return files.filter((path) => OTHERS.test(path));
}

/** Whether there is a pipeline of any system. */
export function hasPipelines(view: PlatformView): boolean {
  return view.data('github-workflow').length > 0 || view.files().some((path) => OTHERS.test(path));
}

/** That there are pipelines of other systems, in words; `undefined` where there are none. */
export function unreadPipelines(files: readonly string[]): string | undefined {
  const [first, ...more] = otherPipelines(files);
  if (first === undefined) return undefined;
  const which = more.length === 0 ? first : `${first} and ${more.length} more`;
  return `${which} ${more.length === 0 ? 'is a pipeline' : 'are pipelines'} of another system, and only workflows of GitHub Actions are read`;
}

/** Files of pipelines and runners that are not read and may plan Terraform. */
export function otherPlanners(files: readonly string[]): string[] {
  return files.filter((path) => OTHERS.test(path) || PLANNERS.test(path));
}

/** The jobs of Prow, which lie in a repository of their own, by the file of reviewers that only it reads. https://docs.prow.k8s.io/docs/components/plugins/approve/ */
export function prowJobs(files: readonly string[]): string[] {
  return files.includes('OWNERS_ALIASES') ? ['jobs of Prow (OWNERS_ALIASES)'] : [];
}
