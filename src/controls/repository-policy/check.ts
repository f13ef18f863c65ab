import { Cursor } from '../../model/cursor.ts';
import type { Query, Subject } from '../../model/control.ts';
import type { PlatformView } from '../../model/platform.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { theRepository } from '../../model/subjects.ts';
import { readBranchRules, type BranchRules } from '../../proofs/branch-rules/index.ts';
import { prowJobs } from '../../proofs/workflows/index.ts';
import { branchFindings } from './branch.ts';
import { manifestsIn } from './manifests.ts';
import { updatesOf, type Updates } from './updates.ts';
import { ownership, type Ownership } from './owners.ts';

export interface Settings {
  readonly rules: readonly BranchRules[];
  readonly owners: Ownership;
  /** Prow asks for reviews, by lists of its own. */
  readonly reviewedElsewhere: boolean;
  readonly security: readonly { readonly path: string; readonly hasContact: boolean }[];
  readonly contributing: readonly string[];
  readonly updates: Updates;
  /** That there is a file of dependencies at all, by ecosystem. */
  readonly ecosystems: readonly string[];
}

export interface Params {
  readonly defaultBranch: string;
  readonly approvals: number;
  readonly bypass: readonly string[];
  readonly sharedFiles: boolean;
}

/** The repository; without a spec only where something shows that GitHub hosts it. */
export function repositoryWithHost(view: PlatformView): Subject[] {
  const hosted = view.files().some((path) => path.startsWith('.github/'));
  return view.provisional && !hosted ? [] : theRepository();
}

export function settings(): Query<Settings> {
  return (view) => {
    const manifests = manifestsIn(view.files());
    const set = view.spec.params['repository-policy']?.['defaultBranch'];
    return {
      rules: readBranchRules(view.data('github-ruleset'), typeof set === 'string' ? set : 'main'),
      owners: ownership(view.directives('codeowners'), view.files()),
      reviewedElsewhere: prowJobs(view.files()).length > 0,
      security: view.texts('security-policy').map(({ path, text }) => ({
        path,
        hasContact: /@|https?:\/\/|report a vulnerability|security tab/i.test(text),
      })),
      contributing: view.files().filter((path) => /^(?:\.github\/|docs\/)?contribut(?:ing|ors)(?:\.\w+)?$/i.test(path)),
      updates: updatesOf(
        view.data('update-bot').map(({ data, origin, path }) => ({ path, at: new Cursor(data, origin) })),
        manifests,
      ),
      ecosystems: [...new Set(manifests.map(({ ecosystem }) => ecosystem))],
    };
  };
}

export function check(_subject: Subject, input: Settings, params: Params): Result {
  const branch = branchFindings(input, params);
  const findings = [
    ...branch.findings,
    ...ownerFindings(input),
    ...fileFindings(input, params),
    ...updateFindings(input),
  ];
  if (findings.length === 0 && branch.unknown !== undefined) return inconclusive(branch.unknown);
  if (findings.length === 0 && input.owners.path === undefined)
    return inconclusive(
      'there is no CODEOWNERS; OWNERS_ALIASES says that Prow asks for reviews, and what it requires is not in the repository',
    );
  const [preset] = input.updates.presets;
  if (findings.length === 0 && preset !== undefined)
    return inconclusive(
      `what Renovate updates is decided by the preset ${preset} as well, which is not in the repository`,
      input.updates.origin,
    );
  return failOr(
    findings,
    `${params.defaultBranch} is protected by ${branch.active.join(', ')}; owners, policies and updates are in place`,
    {
      rulesets: branch.active.length,
      ecosystems: input.ecosystems.length,
    },
  );
}

function ownerFindings({ owners: { path, rules, unowned, sensitive }, reviewedElsewhere }: Settings): Finding[] {
  if (path === undefined && reviewedElsewhere) return [];
  if (path === undefined)
    return [
      absent(
        'there is no CODEOWNERS, so nobody in particular has to review a change',
        'medium',
        'Write .github/CODEOWNERS.',
      ),
    ];
  if (rules === 0) return [absent(`${path} names no owner`, 'medium', 'Name the owners of each area.')];
  if (unowned.length === 0) return [];
  const shown = unowned.slice(0, 3).join(', ');
  const more = unowned.length > 3 ? ` and ${unowned.length - 3} more` : '';
  return [
    {
      message: `${unowned.length} of ${sensitive} files that decide what is built, deployed or allowed have no owner in ${path}: ${shown}${more}`,
      severity: 'medium',
      origin: { path, line: 1, column: 1 },
      remediation: 'Give them an owner, or all files one in a first rule for *.',
    },
  ];
}

function fileFindings({ security, contributing }: Settings, { sharedFiles }: Params): Finding[] {
  if (sharedFiles) return [];
  const mute = security.find(({ hasContact }) => !hasContact);
  return [
    ...(security.length > 0
      ? []
      : [
          absent(
            'there is no SECURITY policy that says where to report a vulnerability',
            'medium',
            'Write SECURITY.md.',
          ),
        ]),
    ...(mute === undefined || security.some(({ hasContact }) => hasContact)
      ? []
      : [
          {
            message: `${mute.path} names no way to report a vulnerability`,
            severity: 'medium',
            origin: { path: mute.path, line: 1, column: 1 },
            remediation: 'Name an address, a form or private vulnerability reporting.',
          } satisfies Finding,
        ]),
    ...(contributing.length > 0 ? [] : [absent('there is no contributing guide', 'low', 'Write CONTRIBUTING.md.')]),
  ];
}

function updateFindings({ updates, ecosystems }: Settings): Finding[] {
  if (ecosystems.length === 0) return [];
  if (updates.bots.length === 0)
    return [
      absent(
        `nothing updates the dependencies of ${ecosystems.join(', ')}`,
        'medium',
        'Configure Dependabot or Renovate.',
      ),
    ];
  const where = updates.origin === undefined ? {} : { origin: updates.origin };
  const bots = updates.bots.join(', ');
  const missing = updates.missing
    .filter(({ whole }) => whole)
    .map(({ ecosystem, folders }) => `${ecosystem} (${some(folders)})`);
  const whole: Finding[] =
    missing.length === 0
      ? []
      : [
          {
            message: `${bots} updates ${updates.ecosystems.join(', ') || 'nothing'}, and not ${missing.join(', ')}`,
            severity: 'low',
            ...where,
            remediation: `Add ${missing.length === 1 ? 'it' : 'them'} to its configuration, with the folders.`,
          },
        ];
  const parts = updates.missing
    .filter((one) => !one.whole)
    .map(({ ecosystem, folders }): Finding => ({
      message: `${bots} updates ${ecosystem} elsewhere, and not in ${some(folders)}`,
      severity: 'low',
      ...where,
      remediation: 'Add the folders to its configuration.',
    }));
  return [...whole, ...parts];
}

function some(folders: readonly string[]): string {
  const more = folders.length > 3 ? ` and ${folders.length - 3} more` : '';
  return `${folders.slice(0, 3).join(', ')}${more}`;
}

function absent(message: string, severity: Finding['severity'], remediation: string): Finding {
  return { message, severity, fromAbsence: true, remediation };
}
