import type { Query, Subject } from '../../model/control.ts';
import { isInjected, parseImage } from '../../model/image.ts';
import { containers, cursor, workloadName, type Workload } from '../../model/kube.ts';
import type { At } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { theEnvironment } from '../../model/subjects.ts';

export interface Rollback {
  /** Runbooks of the spec, and what their pages hold; undefined: the page is not in the repository. */
  readonly runbooks: readonly { readonly for: string; readonly path: string; readonly commands?: readonly string[] }[];
  readonly kept: readonly { readonly name: string; readonly limit: At<number> }[];
  /** Images that a rollback would fetch under a name that has moved on. */
  readonly moving: readonly { readonly name: string; readonly image: At<string> }[];
  readonly workloads: number;
  readonly declared: boolean;
}

export interface Params {
  readonly topic: string;
  readonly revisions: number;
  readonly within: string;
}

/** The environment, where something is rolled out. */
export function rolledEnvironment(view: PlatformView): Subject[] {
  return view.provisional && rolled(view).length === 0 ? [] : theEnvironment(view);
}

/** Workloads whose earlier revisions the cluster keeps. */
function rolled(view: PlatformView): Workload[] {
  return view.workloads().filter(({ kind }) => ['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout'].includes(kind));
}

export function rollback(): Query<Rollback> {
  return (view) => {
    const pages = new Map(view.outlines().map(({ path, outline }) => [path, outline.fences.map(({ text }) => text)]));
    const workloads = rolled(view);
    return {
      runbooks: view.spec.runbooks.map(({ for: topic, path }) => {
        const commands = pages.get(path);
        return { for: topic, path, ...(commands === undefined ? {} : { commands }) };
      }),
      kept: [
        ...workloads.map((workload) => ({
          name: workloadName(workload),
          at: cursor(workload.object).get('spec', 'revisionHistoryLimit'),
        })),
        ...view
          .applications()
          .filter(({ kind }) => kind === 'Application')
          .map((object) => ({
            name: `Application ${object.name}`,
            at: cursor(object).get('spec', 'revisionHistoryLimit'),
          })),
      ].map(({ name, at }) => ({ name, limit: at.at(at.integer() ?? 10) })),
      moving: workloads.flatMap((workload) =>
        containers(workload).flatMap(({ at }) => {
          const image = at.get('image');
          return isMoving(image.string() ?? '')
            ? [{ name: workloadName(workload), image: image.at(image.string() ?? '') }]
            : [];
        }),
      ),
      workloads: workloads.length,
      declared: !view.provisional,
    };
  };
}

/** No tag, or one that is there to be moved. What versions mean is the matter of `immutable-images`. */
function isMoving(image: string): boolean {
  const reference = parseImage(image);
  if (reference === undefined || reference.digest !== undefined || isInjected(image)) return false;
  return /^(?:latest|stable|main|master|edge|nightly|dev|prod|production|staging)$/.test(reference.tag ?? 'latest');
}

export function check(_subject: Subject, input: Rollback, params: Params): Result {
  if (input.workloads === 0) return inconclusive('no workload that is rolled out was seen');
  const findings = [...runbookFindings(input, params), ...historyFindings(input, params), ...movingFindings(input)];
  if (findings.length === 0 && !input.declared)
    return inconclusive('how a rollout is rolled back is documented in the spec only, and there is none');
  return failOr(
    findings,
    `${input.workloads} workloads keep at least ${params.revisions} earlier revisions, and a runbook gives the commands`,
    {
      workloads: input.workloads,
    },
  );
}

const ROLLS_BACK =
  /roll-?_?back|\b(?:undo|revert|abort)\b|git\s+reset|argocd\s+app\s+history|--(?:to-)?revision|previous|last.known.good/i;

function runbookFindings({ runbooks, declared }: Rollback, { topic }: Params): Finding[] {
  if (!declared) return [];
  const runbook = runbooks.find((one) => one.for === topic);
  if (runbook === undefined)
    return [
      {
        message: `no runbook tells how to roll back: the spec lists none for ${topic}`,
        severity: 'high',
        remediation: `Write one and list it under runbooks with "for: ${topic}".`,
      },
    ];
  const { path, commands } = runbook;
  if (commands === undefined)
    return [
      {
        message: `the runbook for ${topic}, ${path}, is not in the repository`,
        severity: 'high',
        fromAbsence: true,
        remediation: 'Write it, or correct the path.',
      },
    ];
  if (commands.some((text) => ROLLS_BACK.test(text))) return [];
  return [
    {
      message: `${path} gives no command that goes back to the last known-good release`,
      severity: 'high',
      origin: { path, line: 1, column: 1 },
      remediation: 'Give the command to find the last known-good release and the one to go back to it.',
    },
  ];
}

function historyFindings({ kept }: Rollback, { revisions }: Params): Finding[] {
  return kept
    .filter(({ limit }) => limit.value < revisions)
    .map(({ name, limit }) => ({
      message: `${name} keeps ${limit.value} earlier revisions, and ${revisions} are wanted to go back to`,
      severity: limit.value === 0 ? 'high' : 'medium',
      origin: limit.origin,
      remediation: 'Raise revisionHistoryLimit.',
    }));
}

function movingFindings({ moving }: Rollback): Finding[] {
  return moving.map(({ name, image }) => ({
    message: `${name} runs ${image.value}, so its earlier revision is the same name and fetches the same new image`,
    severity: 'high',
    origin: image.origin,
    remediation: 'Deploy digests or versions that do not move.',
  }));
}
