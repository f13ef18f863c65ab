/** Roles of AWS that the tokens of an issuer may assume which gives tokens to everybody, such as GitHub. */
import type { At } from '../../model/origin.ts';
import {
  isList,
  isMap,
  sketchOf,
  Unknown,
  whyUnknown,
  type Body,
  type Configuration,
  type Resource,
  type Value,
} from '../../proofs/topology/evaluate/index.ts';
import { documentOf } from '../../proofs/topology/index.ts';
import { documentsIn } from './documents.ts';
import type { WideGrant } from './iam.ts';
import { everybodyOf, everyOneOf, sharedIssuer, strangersIn, type Issuer, type Strangers } from './trust-patterns.ts';

interface Condition {
  readonly operator: string;
  /** `token.actions.githubusercontent.com:sub`. */
  readonly key: string;
  readonly values: readonly string[];
}

/** A statement that lets tokens of an issuer in. */
export interface Trust {
  readonly issuer: Issuer;
  readonly conditions: readonly Condition[];
  /** Why there may be further conditions. */
  readonly open?: string;
}

const REMEDIATION =
  'Name the repository and its branch or environment in a condition on the claim sub, as in "repo:acme/api:ref:refs/heads/main".';

export function trustGrants(root: Configuration): WideGrant[] {
  return rolesOf(root).flatMap((role) => {
    const policy = role.attribute('assume_role_policy');
    const strangers = trustsOf(root, policy)
      .filter(({ open }) => open === undefined)
      .flatMap((trust) => strangersOf(trust) ?? []);
    const [widest] = strangers.toSorted((a, b) => a.severity.localeCompare(b.severity));
    if (policy === undefined || widest === undefined) return [];
    return [
      {
        value: `${role.address} may be assumed by ${widest.who}`,
        origin: policy.origin,
        severity: widest.severity,
        remediation: REMEDIATION,
      },
    ];
  });
}

/** Roles of which it cannot be told whose tokens assume them. */
export function unknownTrust(root: Configuration): At<string>[] {
  return rolesOf(root).flatMap((role) => {
    const policy = role.attribute('assume_role_policy');
    if (policy === undefined) return [];
    const why = whyUnread(root, policy.value);
    if (why !== undefined)
      return [{ value: `who may assume ${role.address} is not known: ${why}`, origin: policy.origin }];
    const open = trustsOf(root, policy).find((trust) => trust.open !== undefined && strangersOf(trust) !== undefined);
    if (open?.open === undefined) return [];
    return [
      {
        value: `which ${open.issuer.what} may assume ${role.address} is not known: ${open.open}`,
        origin: policy.origin,
      },
    ];
  });
}

function whyUnread(root: Configuration, policy: Value): string | undefined {
  if (documentsIn(root, policy).length > 0 || documentOf(policy) !== undefined) return undefined;
  return whyUnknown(policy) ?? 'it is no policy in JSON';
}

/** The roles that are made here. */
export function rolesOf(root: Configuration): Resource[] {
  return root.of('aws_iam_role').filter(({ mode }) => mode === 'managed');
}

/** Conditions of a statement must all hold, so one that names somebody is enough; its values are alternatives. */
function strangersOf({ issuer, conditions }: Trust): Strangers | undefined {
  const asked = conditions.filter(({ operator, key }) => isNaming(operator) && issuer.claims.test(claimOf(key)));
  const answers = asked.map(({ operator, key, values }) => {
    const claim = claimOf(key);
    if (issuer.owners.test(claim)) return everyOneOf(issuer, values.join(', '));
    if (claim !== 'sub' || !/Like/i.test(operator)) return undefined;
    return values.map((value) => strangersIn(issuer, value)).find((one) => one !== undefined);
  });
  if (answers.length === 0) return everybodyOf(issuer);
  if (answers.includes(undefined)) return undefined;
  return answers.find((one) => one?.severity === 'medium') ?? answers[0];
}

/** Whether an operator asks for what it names; `StringNotLike` and `Null` let all others in. */
export function isNaming(operator: string): boolean {
  return /^(?:ForA(?:ny|ll)Values?:)?String(?:Equals|EqualsIgnoreCase|Like)(?:IfExists)?$/i.test(operator);
}

/** `sub` of `token.actions.githubusercontent.com:sub`. */
export function claimOf(key: string): string {
  return key.slice(key.lastIndexOf(':') + 1).toLowerCase();
}

/** The statements of a policy that let tokens of a shared issuer in. */
export function trustsOf(root: Configuration, policy: At<Value> | undefined): Trust[] {
  if (policy === undefined) return [];
  const documents = documentsIn(root, policy.value);
  if (documents.length > 0)
    return documents.flatMap((document) => document.blocks('statement').flatMap((one) => trustOfBlock(root, one)));
  const json = documentOf(policy.value);
  const statements = json !== undefined && isMap(json) ? (json['Statement'] ?? []) : [];
  return (isList(statements) ? statements : [statements]).flatMap((one) => trustOfJson(root, one));
}

function trustOfBlock(root: Configuration, statement: Body): Trust[] {
  if (statement.attribute('effect')?.value === 'Deny') return [];
  const open = statement.open('condition');
  const conditions = statement.blocks('condition').map((condition) => ({
    operator: textsOf(condition.attribute('test')?.value)[0] ?? '',
    key: textsOf(condition.attribute('variable')?.value)[0] ?? '',
    values: textsOf(condition.attribute('values')?.value),
  }));
  return statement
    .blocks('principals')
    .filter((principals) => principals.attribute('type')?.value === 'Federated')
    .flatMap((principals) => issuersOf(root, principals.attribute('identifiers')?.value))
    .map((issuer) => ({ issuer, conditions, ...(open === undefined ? {} : { open }) }));
}

function trustOfJson(root: Configuration, statement: Value): Trust[] {
  if (!isMap(statement) || statement['Effect'] === 'Deny') return [];
  const { Principal: principal = null, Condition: condition = null } = statement;
  const tested = isMap(condition) ? Object.entries(condition) : [];
  const unknown = [condition, ...tested.map(([, keys]) => keys)].find((value) => value instanceof Unknown);
  const conditions = tested.flatMap(([operator, keys]) =>
    isMap(keys) ? Object.entries(keys).map(([key, values]) => ({ operator, key, values: textsOf(values) })) : [],
  );
  return issuersOf(root, isMap(principal) ? principal['Federated'] : undefined).map((issuer) => ({
    issuer,
    conditions,
    ...(unknown instanceof Unknown ? { open: unknown.because } : {}),
  }));
}

/** By the provider that the principal refers to, or by the ARN, which ends with the issuer's host. */
function issuersOf(root: Configuration, principal: Value | undefined): Issuer[] {
  if (principal === undefined) return [];
  return (isList(principal) ? principal : [principal]).flatMap((one) => {
    const urls = root.named(one).flatMap((provider) => textsOf(provider.attribute('url')?.value));
    const hosts = [...urls, ...textsOf(one)].map((text) =>
      text.replace(/^https?:\/\/|^.*:oidc-provider\//, '').replace(/\/$/, ''),
    );
    return hosts.flatMap((host) => sharedIssuer(host) ?? []).slice(0, 1);
  });
}

function textsOf(value: Value | undefined): string[] {
  if (value === undefined || value === null) return [];
  return isList(value) ? value.flatMap(textsOf) : [sketchOf(value) ?? '${…}'];
}
