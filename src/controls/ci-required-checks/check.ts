import type { Query, Subject } from '../../model/control.ts';
import type { PlatformView } from '../../model/platform.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { theRepository } from '../../model/subjects.ts';
import {
  findTools,
  hasPipelines,
  jobsOn,
  onChangeTo,
  opaqueCalls,
  otherPipelines,
  ownFiles,
  prowJobs,
  readPipelines,
  unreadPipelines,
  type ToolUse,
} from '../../proofs/workflows/index.ts';
import { applicable } from './applicable.ts';
import { gates, namedBranch, type Gates, requirementOf } from './required.ts';
import { REPORTS_ONLY } from './reports-only.ts';
import { TOOLS, type Kind } from './tools.ts';

type Use = ToolUse<Kind | 'coverage'>;

export interface Checks {
  readonly workflows: number;
  readonly wanted: readonly Kind[];
  readonly onChange: readonly Use[];
  readonly onSchedule: readonly Use[];
  /** Calls whose doing is not visible, and pipelines of other systems. */
  readonly hidden: readonly string[];
  /** Pipelines of other systems, in words. */
  readonly unread?: string;
  readonly gates: Gates;
}

export interface Params {
  readonly kinds: readonly Kind[];
  readonly onSchedule: readonly Kind[];
  readonly onScheduleOnly: readonly Kind[];
  readonly coverage: boolean;
  readonly defaultBranch: string;
}

/** The repository, unless there is neither a spec nor a pipeline. */
export function repositoryWithWorkflows(view: PlatformView): Subject[] {
  return view.provisional && !hasPipelines(view) ? [] : theRepository();
}

export function checks(): Query<Checks> {
  return (view) => {
    const pipelines = readPipelines(view);
    const changes = jobsOn(onChangeTo(namedBranch(view)), pipelines);
    const scheduled = jobsOn(({ event }) => event === 'schedule', pipelines);
    const unread = unreadPipelines(view.files());
    return {
      workflows: pipelines.workflows.length,
      wanted: applicable(view),
      onChange: findTools(changes, TOOLS, REPORTS_ONLY, ownFiles(view)),
      onSchedule: findTools(scheduled, TOOLS),
      hidden: [...opaqueCalls(changes, TOOLS), ...otherPipelines(view.files()), ...prowJobs(view.files())],
      ...(unread !== undefined && { unread }),
      gates: gates(view, changes),
    };
  };
}

export function check(_subject: Subject, input: Checks, params: Params): Result {
  const wanted = input.wanted.filter((kind) => params.kinds.includes(kind));
  if (input.workflows === 0) return inconclusive(input.unread ?? 'the repository has no workflow of GitHub Actions');
  if (wanted.length === 0) return inconclusive('nothing in the repository is of a kind that these checks look at');
  const missing = wanted.flatMap((kind) => absent(kind, input, params));
  const findings = [
    ...missing.filter(({ unknown }) => unknown === undefined).map(({ finding }) => finding),
    ...wanted.flatMap((kind) => toothless(kind, input)),
    ...requirementOf(wanted, input, params),
    ...uncovered(input, params),
  ];
  const unseen = Map.groupBy(
    missing.filter(({ unknown }) => unknown !== undefined),
    ({ unknown }) => unknown ?? '',
  );
  if (findings.length === 0 && unseen.size > 0)
    return inconclusive(
      [...unseen].map(([why, those]) => `no sight of ${those.map(({ what }) => what).join(', ')}: ${why}`).join('; '),
    );
  if (findings.length === 0 && input.gates.unknown !== undefined) return inconclusive(input.gates.unknown);
  const tools = new Set(input.onChange.map(({ tool }) => tool)).size;
  return failOr(
    findings,
    `${wanted.join(', ')} run on every change, by ${tools} tools, and a change cannot merge without them`,
    {
      kinds: wanted.length,
      required: input.gates.contexts.length,
    },
  );
}

interface Absence {
  /** `a linter on a change`. */
  readonly what: string;
  readonly finding: Finding;
  /** Why it may be there after all. */
  readonly unknown?: string;
}

function absent(kind: Kind, input: Checks, params: Params): Absence[] {
  const scheduled = input.onSchedule.some((use) => use.kind === kind);
  const changed =
    input.onChange.some((use) => use.kind === kind) || (kind === 'sast' && input.gates.scanners.length > 0);
  const enough = changed || (scheduled && params.onScheduleOnly.includes(kind));
  if (!enough) return [absence(kind, 'on a change', input)];
  if (scheduled || !params.onSchedule.includes(kind) || (kind === 'sast' && input.gates.scanners.length > 0)) return [];
  return [absence(kind, 'on a schedule', input)];
}

function absence(kind: Kind, when: string, { hidden }: Checks): Absence {
  const finding: Finding = {
    message: `no workflow runs ${NAMES[kind]} ${when}`,
    severity: kind === 'lint' || kind === 'type' ? 'medium' : 'high',
    fromAbsence: true,
    remediation:
      when === 'on a schedule'
        ? 'Run it daily or weekly too.'
        : 'Run it on pull requests, and make it a required check.',
  };
  const what = `${NAMES[kind]} ${when}`;
  if (kind === 'sast')
    return { what, finding, unknown: 'the default setup of code scanning is a setting of GitHub that is not exported' };
  if (hidden.length === 0) return { what, finding };
  const more = hidden.length > 3 ? ` and ${hidden.length - 3} more` : '';
  return { what, finding, unknown: `${hidden.slice(0, 3).join(', ')}${more} may do it` };
}

const NAMES: Readonly<Record<Kind, string>> = {
  lint: 'a linter',
  unit: 'unit tests',
  type: 'a type check',
  dependency: 'a dependency scan',
  sast: 'static security analysis',
  dast: 'dynamic security analysis',
  iac: 'a scan of infrastructure code',
  image: 'an image scan',
};

/** A kind all of whose tools are let off. */
function toothless(kind: Kind, { onChange }: Checks): Finding[] {
  const uses = onChange.filter((use) => use.kind === kind);
  const [first] = uses;
  if (first?.toothless === undefined || uses.some((use) => use.toothless === undefined)) return [];
  return [
    {
      message: `${first.tool} in job ${first.job} of ${first.workflow} is the only check for ${kind}, and its findings stop nothing: ${first.toothless}`,
      severity: 'medium',
      origin: first.origin,
      remediation: 'Let the job fail on what the policy forbids.',
    },
  ];
}

function uncovered({ wanted, onChange, onSchedule, hidden }: Checks, { coverage }: Params): Finding[] {
  const published = [...onChange, ...onSchedule].some(({ kind }) => kind === 'coverage');
  if (!coverage || published || hidden.length > 0 || !wanted.includes('unit')) return [];
  return [
    {
      message: 'no workflow publishes test coverage',
      severity: 'low',
      fromAbsence: true,
      remediation: 'Upload the coverage report as an artifact or to a coverage service.',
    },
  ];
}
