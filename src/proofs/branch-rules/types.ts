import type { Origin } from '../../model/origin.ts';

/** Who may pass by a ruleset. */
export interface Bypass {
  /** `RepositoryRole 5`, `Team 17`, `OrganizationAdmin`. */
  readonly actor: string;
  /** `always`, or `pull_request`: a pull request is still needed. */
  readonly mode: string;
  readonly origin: Origin;
}

/** What one export says of one branch: a ruleset, or the older branch protection. */
export interface BranchRules {
  readonly name: string;
  readonly kind: 'ruleset' | 'protection';
  /** `active`; `evaluate` and `disabled` hold nobody up. */
  readonly enforcement: string;
  /** Whether it holds for the default branch. */
  readonly onDefault: boolean;
  readonly reviews?: { readonly approvals: number; readonly codeOwners: boolean };
  readonly checks: readonly string[];
  /** Tools whose code scanning results are required. */
  readonly scanners: readonly string[];
  readonly forbidsForcePush: boolean;
  readonly forbidsDeletion: boolean;
  /** Undefined where the export leaves it out, as it does for readers who may not administer. */
  readonly bypass?: readonly Bypass[];
  readonly origin: Origin;
}
