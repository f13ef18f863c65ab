/** Calls of modules whose sources are not here and that make roles: what their inputs say of a trust, else that it is not known. */
import type { At } from '../../model/origin.ts';
import { sketchOf, type Configuration } from '../../proofs/topology/evaluate/index.ts';
import { elements } from '../../proofs/topology/read.ts';
import type { WideGrant } from './iam.ts';
import { sharedIssuer, strangersIn } from './trust-patterns.ts';

/** Modules for roles that workflows of GitHub assume, and the inputs that name whose: `acme/api:*`, or the same with `repo:` before it. */
const GITHUB_ROLE = /terraform-aws-modules\/iam\/aws\/\/modules\/(?:iam-github-oidc-role|iam-role)$/;
const SUBJECTS = ['subjects', 'oidc_wildcard_subjects'] as const;

/** By its name a module makes what this control judges. */
const MAKES_ROLES = /(?:^|[^a-z])(?:iam|irsa|oidc)(?:[^a-z]|$)/i;

export function moduleGrants({ unread }: Configuration): WideGrant[] {
  const issuer = sharedIssuer('token.actions.githubusercontent.com');
  return unread.flatMap(({ address, source, inputs }) => {
    if (issuer === undefined || !GITHUB_ROLE.test(source)) return [];
    const subjects = SUBJECTS.flatMap((name) => elements(inputs, name));
    const found = subjects.flatMap(({ value, origin }) => {
      const text = sketchOf(value) ?? '';
      const strangers = strangersIn(issuer, text.startsWith('repo:') ? text : `repo:${text}`);
      return strangers === undefined ? [] : [{ ...strangers, origin }];
    });
    return found.slice(0, 1).map(({ who, severity, origin }) => ({
      value: `the role of ${address} may be assumed by ${who}`,
      origin,
      severity,
      remediation: 'Name the repository and its branch or environment, as in "acme/api:ref:refs/heads/main".',
    }));
  });
}

export function unknownModules({ unread }: Configuration): At<string>[] {
  return unread
    .filter(({ source }) => MAKES_ROLES.test(source))
    .map(({ address, source, origin }) => ({
      value: `what ${address} allows is not known: its source ${source} is not here`,
      origin,
    }));
}
