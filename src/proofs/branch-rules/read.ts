import { Cursor } from '../../model/cursor.ts';
import type { DataDocument } from '../../model/document.ts';
import type { BranchRules, Bypass } from './types.ts';

/**
 * Reads the exported rulesets (`GET /repos/OWNER/REPO/rulesets/ID`) and branch protections
 * (`GET /repos/OWNER/REPO/branches/BRANCH/protection`). Rulesets for tags are left out.
 */
export function readBranchRules(documents: readonly DataDocument[], defaultBranch: string): BranchRules[] {
  return documents.flatMap(({ data, origin, path }) => {
    const root = new Cursor(data, origin);
    if (!Array.isArray(root.get('rules').value)) return [readProtection(root, path, defaultBranch)];
    return (root.get('target').string() ?? 'branch') === 'branch' ? [readRuleset(root, path, defaultBranch)] : [];
  });
}

function readRuleset(root: Cursor, path: string, defaultBranch: string): BranchRules {
  const rules = root
    .get('rules')
    .items()
    .map((rule) => ({ type: rule.get('type').string() ?? '', parameters: rule.get('parameters') }));
  const of = (type: string): Cursor | undefined => rules.find((rule) => rule.type === type)?.parameters;
  const review = of('pull_request');
  const bypass = root.get('bypass_actors');
  return {
    name: root.get('name').string() ?? path,
    kind: 'ruleset',
    enforcement: root.get('enforcement').string() ?? '',
    onDefault: holdsFor(root.get('conditions', 'ref_name'), defaultBranch),
    ...(review === undefined
      ? {}
      : {
          reviews: {
            approvals: review.get('required_approving_review_count').integer() ?? 0,
            codeOwners: review.get('require_code_owner_review').boolean() === true,
          },
        }),
    checks: rules
      .filter(({ type }) => type === 'required_status_checks')
      .flatMap(({ parameters }) => parameters.get('required_status_checks').items())
      .flatMap((check) => check.get('context').string() ?? []),
    scanners: rules
      .filter(({ type }) => type === 'code_scanning')
      .flatMap(({ parameters }) => parameters.get('code_scanning_tools').items())
      .flatMap((tool) => tool.get('tool').string() ?? []),
    forbidsForcePush: of('non_fast_forward') !== undefined,
    forbidsDeletion: of('deletion') !== undefined,
    ...(bypass.exists ? { bypass: bypass.items().map(readBypass) } : {}),
    origin: root.origin,
  };
}

function readBypass(actor: Cursor): Bypass {
  const id = actor.get('actor_id').value;
  const type = actor.get('actor_type').string() ?? 'actor';
  return {
    actor: typeof id === 'number' ? `${type} ${id}` : type,
    mode: actor.get('bypass_mode').string() ?? 'always',
    origin: actor.origin,
  };
}

function readProtection(root: Cursor, path: string, defaultBranch: string): BranchRules {
  const url = root.get('url').string() ?? '';
  const branch = /\/branches\/([^/]+)\/protection/.exec(url)?.[1];
  const review = root.get('required_pull_request_reviews');
  const checks = root.get('required_status_checks');
  const admins = root.get('enforce_admins');
  return {
    name: branch ?? path,
    kind: 'protection',
    enforcement: 'active',
    onDefault: branch === undefined || decodeURIComponent(branch) === defaultBranch,
    ...(review.exists
      ? {
          reviews: {
            approvals: review.get('required_approving_review_count').integer() ?? 0,
            codeOwners: review.get('require_code_owner_reviews').boolean() === true,
          },
        }
      : {}),
    checks: [
      ...checks.get('contexts').strings(),
      ...checks
        .get('checks')
        .items()
        .flatMap((check) => check.get('context').string() ?? []),
    ],
    scanners: [],
    forbidsForcePush: root.get('allow_force_pushes', 'enabled').boolean() === false,
    forbidsDeletion: root.get('allow_deletions', 'enabled').boolean() === false,
    bypass:
      admins.get('enabled').boolean() === true
        ? []
        : [{ actor: 'administrators', mode: 'always', origin: admins.origin }],
    origin: root.origin,
  };
}

/** Patterns of refs as GitHub matches them: fnmatch with FNM_PATHNAME. */
function holdsFor(refs: Cursor, defaultBranch: string): boolean {
  const ref = `refs/heads/${defaultBranch}`;
  const matches = (pattern: string): boolean =>
    pattern === '~ALL' || pattern === '~DEFAULT_BRANCH' || fnmatch(pattern, ref);
  return refs.get('include').strings().some(matches) && !refs.get('exclude').strings().some(matches);
}

/** Matches without regular expressions, so that a hostile pattern costs no more than its length times the name's. */
function fnmatch(pattern: string, name: string): boolean {
  let reached = new Set([0]);
  for (let at = 0; at < pattern.length; at += 1) {
    const deep = pattern.startsWith('**', at);
    const next = new Set<number>();
    for (const from of reached) {
      if (pattern[at] === '*') {
        for (let to = from; to <= name.length; to += 1) {
          next.add(to);
          if (!deep && name[to] === '/') break;
        }
      } else if (pattern[at] === '?' ? name[from] !== undefined && name[from] !== '/' : name[from] === pattern[at])
        next.add(from + 1);
    }
    if (deep) at += pattern[at + 2] === '/' ? 2 : 1;
    reached = next;
  }
  return reached.has(name.length);
}
