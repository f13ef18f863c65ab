import { isList, isMap, textOf, Unknown, type Body, type Value } from '../../proofs/topology/evaluate/index.ts';

/** A statement of a policy of AWS. What is not known of a list stands in it as `${…}`. */
export interface Statement {
  readonly denies: boolean;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** It names principals, so it belongs to the policy of a resource, in which "*" is that resource alone. */
  readonly ofResource: boolean;
  /** It asks for something in a condition. */
  readonly isBounded: boolean;
  /** It names everybody, of any account, or everybody but a few, and asks nothing more of them. */
  readonly toEverybody: boolean;
}

/** What a statement allows without naming it, in words. */
export interface Wide {
  readonly what: string;
  readonly where: string;
  readonly severity: 'high' | 'medium';
}

/** A `statement` block of an `aws_iam_policy_document`. */
export function statementOf(block: Body): Statement {
  const list = (name: string): string[] => textsOf(block.attribute(name)?.value);
  const isBounded = block.blocks('condition').length > 0 || block.open('condition') !== undefined;
  return {
    denies: textsOf(block.attribute('effect')?.value)[0] === 'Deny',
    actions: list('actions'),
    notActions: list('not_actions'),
    resources: list('resources'),
    notResources: list('not_resources'),
    ofResource: block.blocks('principals').length + block.blocks('not_principals').length > 0,
    isBounded,
    toEverybody:
      !isBounded &&
      (block.blocks('not_principals').length > 0 ||
        block
          .blocks('principals')
          .some((principals) => textsOf(principals.attribute('identifiers')?.value).includes(EVERYBODY))),
  };
}

/** The statements of a policy as JSON has it; undefined where it is no policy, or they are not known. */
export function statementsIn(policy: Value | undefined): Statement[] | undefined {
  const statements = policy !== undefined && isMap(policy) ? policy['Statement'] : undefined;
  if (statements === undefined || (!isList(statements) && !isMap(statements))) return undefined;
  return (isList(statements) ? statements : [statements]).filter(isMap).map((statement) => ({
    denies: statement['Effect'] === 'Deny',
    actions: textsOf(statement['Action']),
    notActions: textsOf(statement['NotAction']),
    resources: textsOf(statement['Resource']),
    notResources: textsOf(statement['NotResource']),
    ofResource: statement['Principal'] !== undefined,
    isBounded: !isEmpty(statement['Condition']),
    toEverybody:
      isEmpty(statement['Condition']) &&
      (statement['NotPrincipal'] !== undefined || principalsOf(statement['Principal']).includes(EVERYBODY)),
  }));
}

/** `"*"` and `{ "AWS": "*" }` are the same. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
const EVERYBODY = '*';

function isEmpty(condition: Value | undefined): boolean {
  return condition === undefined || condition === null || (isMap(condition) && Object.keys(condition).length === 0);
}

function principalsOf(principal: Value | undefined): string[] {
  return principal !== undefined && isMap(principal) ? textsOf(principal['AWS']) : textsOf(principal);
}

function textsOf(value: Value | undefined): string[] {
  if (value === undefined || value === null) return [];
  if (isList(value)) return value.flatMap(textsOf);
  return [textOf(value) ?? (value instanceof Unknown ? value.sketch : undefined) ?? UNKNOWN];
}

/**
 * What a statement allows on everything: every action, every one but a few, or every one of a service. An action or a resource that is left
 * out is as wide as one that is a wildcard: all others are in.
 */
export function wideOf(statement: Statement): Wide | undefined {
  const { denies, actions, notActions, ofResource } = statement;
  const where = denies ? undefined : reachOf(statement);
  if (actions.some(isEverything)) {
    if (where !== undefined) return { what: 'every action', where, severity: 'high' };
    return denies ? undefined : ofServices(servicesReached(statement));
  }
  if (ofResource) return undefined;
  if (notActions.length > 0 && !notActions.some(isEverything))
    return where === undefined
      ? undefined
      : { what: `every action except ${notActions.join(', ')}`, where, severity: 'high' };
  const services = actions.flatMap((action) => /^([a-z0-9-]+):\*+$/i.exec(action)?.[1]?.toLowerCase() ?? []);
  if (where !== undefined) return ofServices(services, where);
  const reached = denies ? [] : servicesReached(statement);
  return ofServices(services.filter((service) => reached.includes(service)));
}

/** Stands for a value of which nothing is known. */
const UNKNOWN = '${…}';

/** Whether a statement would be wide if what is not known of it were anything. */
export function mayBeWide(statement: Statement): boolean {
  const open = (texts: readonly string[]): readonly string[] => texts.map((text) => (text === UNKNOWN ? '*' : text));
  const { actions, resources } = statement;
  const isOpen = actions.includes(UNKNOWN) || resources.includes(UNKNOWN);
  return isOpen && wideOf({ ...statement, actions: open(actions), resources: open(resources) }) !== undefined;
}

function isEverything(action: string): boolean {
  return /^\*+(?::\*+)?$/.test(action);
}

function reachOf({ resources, notResources }: Statement): string | undefined {
  if (resources.some((resource) => /^\*+$|^arn:[^:]*:\*+(?::\*+){3}$/.test(resource))) return 'every resource';
  if (notResources.length === 0 || notResources.includes('*')) return undefined;
  return `every resource except ${notResources.join(', ')}`;
}

/** Services of which every resource is named by one wildcard, `arn:aws:s3:::*`. */
function servicesReached({ resources, ofResource }: Statement): string[] {
  if (ofResource) return [];
  return resources.flatMap((resource) => /^arn:[^:]*:([a-z0-9-]+):[^:]*:[^:]*:\*(?:\/\*)?$/.exec(resource)?.[1] ?? []);
}

function ofServices(services: readonly string[], where = 'every resource'): Wide | undefined {
  if (services.length === 0) return undefined;
  const named = [...new Set(services)];
  return { what: `every action of ${named.join(', ')}`, where, severity: named.includes('iam') ? 'high' : 'medium' };
}

const ALL = String.raw`\s*[:=]\s*(?:\[[^\]]*)?"\*(?::\*)?"`;
const ALL_ACTIONS = new RegExp(String.raw`(?<!Not)"?\bAction"?${ALL}`);
const ALL_RESOURCES = new RegExp(String.raw`(?<!Not)"?\bResource"?${ALL}`);
const DENY = /"?Effect"?\s*[:=]\s*"Deny"/;

/** As {@link wideOf}, of a policy of which only the text of its expression is known: it is told for "*" alone. */
export function wideAsWritten(text: string): Wide | undefined {
  const statements = text.split(/(?=\bEffect\b)/);
  const isWide = statements.some((one) => ALL_ACTIONS.test(one) && ALL_RESOURCES.test(one) && !DENY.test(one));
  return isWide ? { what: 'every action', where: 'every resource', severity: 'high' } : undefined;
}
