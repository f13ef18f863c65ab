const OTHERS =
  /^(?:\.gitlab-ci\.ya?ml|\.circleci\/config\.ya?ml|Jenkinsfile|azure-pipelines\.ya?ml|\.travis\.ya?ml|\.buildkite\/.+\.ya?ml|\.drone\.ya?ml|bitbucket-pipelines\.ya?ml|\.tekton\/.+\.ya?ml|\.woodpecker\.ya?ml|\.semaphore\/.+\.ya?ml|cloudbuild\.ya?ml|\.cirrus\.ya?ml|appveyor\.ya?ml|\.prow\.ya?ml)$/;

/** What plans and applies Terraform on pull requests, outside of any pipeline. */
const PLANNERS = /(?:^|\/)(?:atlantis\.ya?ml|digger\.ya?ml|\.spacelift\/config\.ya?ml|env0\.ya?ml)$/;

/** Pipelines of other systems, which are not read. */
export function otherPipelines(files: readonly string[]): string[] {
  return files.filter((path) => OTHERS.test(path));
}

/** Files of pipelines and runners that are not read and may plan Terraform. */
export function otherPlanners(files: readonly string[]): string[] {
  return files.filter((path) => OTHERS.test(path) || PLANNERS.test(path));
}
