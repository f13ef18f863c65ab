import type { Origin } from '../../model/origin.ts';
import {
  commandsOf,
  jobsOn,
  type Job,
  type Pipelines,
  type RunningJob,
  type Step,
} from '../../proofs/workflows/index.ts';

/** A workflow run that publishes images, with what it attaches to them. */
export interface Build {
  readonly workflow: string;
  readonly job: string;
  readonly signed: boolean;
  readonly sbom: boolean;
  readonly provenance: boolean;
  /** Platforms as written; undefined where an expression or a file says. */
  readonly platforms?: readonly string[];
  /** A tool whose own configuration decides about signing. */
  readonly configuredElsewhere?: string;
  readonly origin: Origin;
}

const PUSHES =
  /^(?:docker|podman|nerdctl|buildah)\s+(?:image\s+)?push\b|^docker\s+(?:buildx\s+)?build\b.*\s--push\b|^docker\s+buildx\s+bake\b.*\s--push\b|^(?:ko\s+(?:build|publish|resolve|apply)|crane\s+push|skopeo\s+copy|pack\s+build\b.*--publish)\b/;
const ELSEWHERE = /^(?:goreleaser\/goreleaser-action|redhat-actions\/push-to-registry)|^goreleaser\s/;
const SIGNS = /^cosign\s+(?:sign|attest)\b|^notation\s+sign\b/;
const SBOM =
  /^cosign\s+attest\b.*--type[= ](?:cyclonedx|spdx|spdxjson)|^cosign\s+attach\s+sbom\b|^syft\s+attest\b|--sbom(?:=true)?\b|--attest[= ]\S*type=sbom/;
const PROVENANCE =
  /^cosign\s+attest\b.*--type[= ]slsaprovenance|--provenance(?:=(?:true|mode=\w+))?(?:\s|$)|--attest[= ]\S*type=provenance/;

/**
 * The jobs that publish images. What another job of the same run signs or attests counts for it, also one of the workflow that calls its
 * own; where several workflows call it, all of them must.
 */
export function builds(pipelines: Pipelines): Build[] {
  const all = jobsOn(({ event }) => event !== 'workflow_call', pipelines);
  const orphans = jobsOn(({ event }) => event === 'workflow_call', pipelines).filter(
    ({ job }) => !all.some((known) => known.job === job),
  );
  const jobs = [...all, ...orphans];
  const found = jobs.flatMap((running) => {
    const published = running.steps.find((step) => publishes(step, running.caller));
    const siblings = jobs.filter(({ entry }) => entry === running.entry);
    return published === undefined ? [] : [{ job: running.job, build: buildOf(running, published, siblings) }];
  });
  return [...Map.groupBy(found, ({ job }) => job).values()].map((runs) => inEachRun(runs.map(({ build }) => build)));
}

function inEachRun(runs: readonly Build[]): Build {
  const [first] = runs as [Build, ...Build[]];
  return {
    ...first,
    signed: runs.every(({ signed }) => signed),
    sbom: runs.every(({ sbom }) => sbom),
    provenance: runs.every(({ provenance }) => provenance),
  };
}

function buildOf({ workflow, job }: RunningJob, published: Step, siblings: readonly RunningJob[]): Build {
  const steps = siblings.flatMap((sibling) => sibling.steps);
  const actions = [
    ...steps.map(({ uses }) => uses?.value ?? ''),
    ...siblings.map((sibling) => sibling.job.uses?.value ?? ''),
  ];
  const commands = steps.flatMap(({ run }) => commandsOf(run?.value ?? '').map(({ text }) => text));
  const uses = (pattern: RegExp): boolean => actions.some((action) => pattern.test(action));
  const runs = (pattern: RegExp): boolean => commands.some((command) => pattern.test(command));
  const input = (name: string): string | undefined => inputOf(published, name);
  const isBuildx = published.uses?.value.startsWith('docker/build-push-action@') === true;
  const elsewhere = [...actions, ...commands].find((text) => ELSEWHERE.test(text));
  const platforms = isBuildx ? input('platforms') : /--platform[= ](\S+)/.exec(published.run?.value ?? '')?.[1];
  return {
    workflow: workflow.path,
    job: job.id,
    signed: runs(SIGNS) || uses(/^(?:actions\/attest(?:-build-provenance)?|slsa-framework\/slsa-github-generator)/),
    sbom:
      runs(SBOM) || uses(/^actions\/attest-sbom@/) || isOn(input('sbom')) || /type=sbom/.test(input('attests') ?? ''),
    provenance:
      runs(PROVENANCE) ||
      uses(/^(?:actions\/attest-build-provenance|slsa-framework\/slsa-github-generator)/) ||
      (isBuildx && input('provenance') !== 'false'),
    ...(platforms?.includes('${{') === true || (platforms === undefined && !isBuildx)
      ? {}
      : { platforms: (platforms ?? '').split(/[\s,]+/).filter(Boolean) }),
    ...(elsewhere === undefined ? {} : { configuredElsewhere: elsewhere.split(/[@\s]/)[0] ?? elsewhere }),
    origin: (published.uses ?? published.run)?.origin ?? published.origin,
  };
}

function publishes(step: Step, caller: Job | undefined): boolean {
  const action = step.uses?.value ?? '';
  if (/^docker\/(?:build-push|bake)-action@/.test(action)) {
    const push = givenBy(caller, inputOf(step, 'push') ?? 'false');
    return push !== 'false' || /type=registry|push=true/.test(inputOf(step, 'outputs') ?? '');
  }
  if (ELSEWHERE.test(action)) return action.startsWith('redhat-actions/');
  return commandsOf(step.run?.value ?? '').some(({ text }) => PUSHES.test(text));
}

/** What the caller of a reusable workflow hands over where a value is one of its inputs. */
function givenBy(caller: Job | undefined, value: string): string {
  const input = /^\$\{\{\s*inputs\.([\w-]+)\s*\}\}$/.exec(value)?.[1];
  return caller?.with.find(({ name }) => name === input)?.value ?? value;
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== 'false' && value !== '';
}

function inputOf({ with: inputs }: Step, name: string): string | undefined {
  return inputs.find((entry) => entry.name === name)?.value;
}
