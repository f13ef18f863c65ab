import { describe, expect, it } from 'vitest';
import { strangersBy } from './pool-condition.ts';
import { sharedIssuer, type Issuer } from './trust-patterns.ts';

const issuer = sharedIssuer('token.actions.githubusercontent.com') as Issuer;
const claimOf = (path: string): string =>
  path === 'attribute.repo' ? 'repository' : path.slice(path.indexOf('.') + 1);
const whoBy = (condition: string): string | undefined => strangersBy(condition, { issuer, claimOf })?.who;

const EVERYBODY = 'every repository of GitHub, whoever owns it';
const OF_ACME = 'every repository of GitHub that acme owns';

describe('strangersBy', () => {
  it.each([
    [`assertion.repository == 'acme/api'`],
    [`"acme/api" == assertion.repository && assertion.ref == "refs/heads/main"`],
    [`assertion.repository in ['acme/api', 'acme/web']`],
    [`assertion['repository'] == 'acme/api'`],
    [`assertion.sub == 'repo:acme/api:ref:refs/heads/main' || assertion.sub.startsWith('repo:acme/web:')`],
    [`(assertion.repository == 'acme/api') && (assertion.ref == 'a' || assertion.ref == 'b')`],
    [`attribute.repo == '\${var.repository}'`],
    [`assertion.repository.startsWith('\${var.prefix}')`],
    [`assertion.job_workflow_ref.startsWith('acme/ci/.github/workflows/deploy.yml@')`],
    [`assertion.repository.matches('^acme/api$')`],
    [`assertion.repository.matches('^(acme|shop)/api$')`],
    [`assertion.repository.lowerAscii() == 'acme/api'`],
  ])('%s names somebody', (condition) => {
    expect(whoBy(condition)).toBeUndefined();
  });

  it.each([
    [`assertion.repository_owner == 'acme'`, OF_ACME],
    [`assertion.repository_owner == 'acme' && assertion.repository == 'acme/api'`, undefined],
    [`assertion.repository_owner == 'acme' || assertion.repository == 'acme/api'`, OF_ACME],
    [`assertion.repository.startsWith('acme/')`, OF_ACME],
    [`assertion.sub.startsWith('repo:acme/')`, OF_ACME],
    [`assertion.repository.matches('^acme/.*')`, OF_ACME],
    [`attribute.repo.startsWith('acme/app-')`, `${OF_ACME} and whose name begins with app-`],
  ])('%s names an owner: %s', (condition, who) => {
    expect(whoBy(condition)).toBe(who);
  });

  it.each([
    ['', EVERYBODY],
    [`assertion.ref == 'refs/heads/main'`, EVERYBODY],
    [`assertion.repository_owner != 'evil'`, EVERYBODY],
    [`!(assertion.repository_owner == 'evil')`, EVERYBODY],
    [`assertion.repository == 'acme/api' || assertion.ref == 'refs/heads/main'`, EVERYBODY],
    [`assertion.sub.startsWith('repo:acme')`, EVERYBODY],
    [
      `assertion.repository_owner.startsWith('acme')`,
      'every repository of GitHub whose repository_owner begins with acme, whoever owns it',
    ],
    [
      `assertion.repository.startsWith("acme")`,
      'every repository of GitHub whose repository begins with acme, whoever owns it',
    ],
    [
      `assertion.repository.endsWith('/api') && assertion.ref == 'refs/heads/main'`,
      'every repository of GitHub whose repository ends in /api, whoever owns it',
    ],
    [
      `assertion.repository.contains('acme/')`,
      'every repository of GitHub whose repository contains acme/, whoever owns it',
    ],
    [
      `assertion.repository.matches('acme/.*')`,
      'every repository of GitHub whose repository contains what is like acme/.*, whoever owns it',
    ],
  ])('%s lets strangers in: %s', (condition, who) => {
    expect(strangersBy(condition, { issuer, claimOf })).toEqual({ who, severity: 'high' });
  });
});
