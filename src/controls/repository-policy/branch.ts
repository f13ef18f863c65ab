import type { Finding } from '../../model/result.ts';
import type { BranchRules } from '../../proofs/branch-rules/index.ts';
import type { Params, Settings } from './check.ts';

interface Judged {
  readonly findings: readonly Finding[];
  /** What is in force, by name. */
  readonly active: readonly string[];
  readonly unknown?: string;
}

/** What the exported rulesets and protections together demand of the default branch. */
export function branchFindings({ rules, owners }: Settings, params: Params): Judged {
  if (rules.length === 0)
    return {
      findings: [],
      active: [],
      unknown: `how ${params.defaultBranch} is protected is a setting of GitHub that is not exported`,
    };
  const active = rules.filter(({ enforcement, onDefault }) => enforcement === 'active' && onDefault);
  const [first] = active;
  if (first === undefined) return { findings: [nothingInForce(rules, params.defaultBranch)], active: [] };
  const lacks = (message: string, severity: Finding['severity'], remediation: string): Finding => ({
    message: `${params.defaultBranch} ${message}`,
    severity,
    origin: first.origin,
    remediation,
  });
  const approvals = Math.max(0, ...active.map(({ reviews }) => reviews?.approvals ?? 0));
  const hidden = active.find(({ bypass }) => bypass === undefined);
  return {
    active: active.map(({ name }) => name),
    findings: [
      ...(approvals >= params.approvals
        ? []
        : [
            lacks(
              `takes changes with ${approvals} approving reviews, and ${params.approvals} are wanted`,
              'high',
              'Require pull requests with approving reviews.',
            ),
          ]),
      ...(active.some(({ checks, scanners }) => checks.length + scanners.length > 0)
        ? []
        : [lacks('requires no status check', 'high', 'Require the checks that must be green.')]),
      ...(active.some(({ forbidsForcePush }) => forbidsForcePush)
        ? []
        : [lacks('may be force-pushed', 'high', 'Block force pushes.')]),
      ...(active.some(({ forbidsDeletion }) => forbidsDeletion)
        ? []
        : [lacks('may be deleted', 'medium', 'Restrict deletions.')]),
      ...(owners.rules === 0 || active.some(({ reviews }) => reviews?.codeOwners === true)
        ? []
        : [lacks('does not ask the code owners', 'medium', 'Require the review of code owners.')]),
      ...active.flatMap((one) => bypassers(one, params.bypass)),
    ],
    ...(hidden === undefined
      ? {}
      : { unknown: `${hidden.name} was exported without its bypass list; export it as an administrator` }),
  };
}

function nothingInForce(rules: readonly BranchRules[], branch: string): Finding {
  const [first] = rules;
  const why = rules.map(
    ({ name, enforcement, onDefault }) =>
      `${name} ${onDefault ? `is ${enforcement || 'not active'}` : 'holds for other branches'}`,
  );
  return {
    message: `no exported ruleset is in force for ${branch}: ${why.join(', ')}`,
    severity: 'high',
    ...(first === undefined ? {} : { origin: first.origin }),
    remediation: 'Activate a ruleset for the default branch.',
  };
}

function bypassers({ name, bypass }: BranchRules, allowed: readonly string[]): Finding[] {
  return (bypass ?? [])
    .filter(({ actor, mode }) => mode === 'always' && !allowed.includes(actor))
    .map(({ actor, origin }) => ({
      message: `${actor} may bypass ${name} at any time`,
      severity: 'medium',
      origin,
      remediation: 'Remove it, or let it bypass in pull requests only.',
    }));
}
