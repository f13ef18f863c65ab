import type { Query, Subject } from '../../model/control.ts';
import type { PlatformView } from '../../model/platform.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import {
  callsElsewhere,
  chosenAtStart,
  hasPipelines,
  openEnvironments,
  productionDeploys,
  productionNames,
  readPipelines,
  unreadPipelines,
  type ProductionDeploy,
} from '../../proofs/workflows/index.ts';
import { protections, type Protection } from './environments.ts';

interface Approvals {
  readonly deploys: readonly ProductionDeploy[];
  readonly protections: readonly Protection[];
  /** Argo CD or Flux is there, so production may follow what is merged. */
  readonly followsGit: boolean;
  /** Jobs whose environment is chosen as they start. */
  readonly open: ReturnType<typeof openEnvironments>;
  /** Jobs whose deploying, if any, is in another repository. */
  readonly elsewhere: ReturnType<typeof callsElsewhere>;
  /** Pipelines of other systems, in words. */
  readonly unread?: string;
}

export interface Params {
  readonly approvers: readonly string[];
  readonly selfApproval: boolean;
  readonly recordedWithin: string;
}

/** The production environments; none where there is neither a spec nor a pipeline. */
export function productionEnvironments(view: PlatformView): Subject[] {
  if (view.provisional && !hasPipelines(view)) return [];
  return view.spec.environments
    .filter(({ kind }) => kind === 'production')
    .map(({ name }) => ({ kind: 'environment', name }));
}

export function approvals(): Query<Approvals> {
  return (view) => {
    const unread = unreadPipelines(view.files());
    const pipelines = readPipelines(view);
    const names = productionNames(view);
    return {
      deploys: productionDeploys(pipelines, names),
      open: openEnvironments(pipelines, names),
      elsewhere: callsElsewhere(pipelines, names),
      protections: protections(view),
      followsGit: [
        'Application.argoproj.io',
        'ApplicationSet.argoproj.io',
        'Kustomization.kustomize.toolkit.fluxcd.io',
      ].some((kind) => view.objects(kind).length > 0),
      ...(unread !== undefined && { unread }),
    };
  };
}

export function check(_subject: Subject, input: Approvals, params: Params): Result {
  const { deploys, unread } = input;
  const [open] = input.open;
  const [elsewhere] = input.elsewhere;
  if (deploys.length === 0 && open !== undefined) return inconclusive(chosenAtStart(open), open.environment.origin);
  if (deploys.length === 0 && elsewhere === undefined)
    return inconclusive(
      unread !== undefined
        ? `no workflow deploys to production, and ${unread}`
        : input.followsGit
          ? 'no workflow deploys to production; what Argo CD or Flux follows is approved by the review of a pull request'
          : 'no workflow that deploys to production was seen',
    );
  const findings = deploys.flatMap((deploy) => judge(deploy, input.protections, params));
  const unknown = deploys.find(
    ({ environment }) => environment !== undefined && protectionOf(environment.value, input.protections) === undefined,
  );
  if (findings.length === 0 && unknown !== undefined)
    return inconclusive(
      `who approves job ${unknown.job} of ${unknown.workflow} is a setting of the environment ${unknown.environment?.value}, which is not exported`,
      unknown.environment?.origin,
    );
  if (findings.length === 0 && open !== undefined) return inconclusive(chosenAtStart(open), open.environment.origin);
  if (findings.length === 0 && elsewhere !== undefined)
    return inconclusive(
      `job ${elsewhere.job} of ${elsewhere.workflow} hands production to ${elsewhere.uses.value}, and in which environment that one deploys stands in another repository`,
      elsewhere.uses.origin,
    );
  if (findings.length === 0 && unread !== undefined) return inconclusive(unread);
  const named = new Set(input.protections.flatMap(({ reviewers }) => reviewers.value));
  return failOr(findings, `${deploys.length} jobs deploy to production, each after ${[...named].join(', ')} approved`, {
    jobs: deploys.length,
    approvers: named.size,
  });
}

function protectionOf(name: string, all: readonly Protection[]): Protection | undefined {
  return all.find((one) => one.name.toLowerCase() === name.toLowerCase());
}

function judge(deploy: ProductionDeploy, all: readonly Protection[], params: Params): Finding[] {
  const { job, workflow, because, origin, environment } = deploy;
  if (environment === undefined)
    return [
      {
        message: `job ${job} of ${workflow} deploys to production (${because}) in no environment, so nobody is asked`,
        severity: 'high',
        origin,
        remediation: 'Run it in the environment production, and require reviewers there.',
      },
    ];
  const protection = protectionOf(environment.value, all);
  return protection === undefined ? [] : weaknesses(protection, params);
}

function weaknesses({ name, reviewers, preventsSelfReview }: Protection, params: Params): Finding[] {
  const found = (message: string, severity: Finding['severity'], remediation: string): Finding => ({
    message: `environment ${name} ${message}`,
    severity,
    origin: reviewers.origin,
    remediation,
  });
  if (reviewers.value.length === 0)
    return [found('requires no reviewer, so nobody is asked', 'high', 'Require the people who answer for production.')];
  const strangers = reviewers.value.filter((one) => params.approvers.length > 0 && !params.approvers.includes(one));
  return [
    ...(strangers.length === 0
      ? []
      : [
          found(
            `lets ${strangers.join(', ')} approve, who ${strangers.length === 1 ? 'is' : 'are'} not designated`,
            'high',
            'Name designated approvers only.',
          ),
        ]),
    ...(preventsSelfReview === false && !params.selfApproval
      ? [found('lets whoever starts a deployment approve it', 'medium', 'Prevent self-review.')]
      : []),
  ];
}
