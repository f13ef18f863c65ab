/**
 * Statements of a bucket policy that deny requests without TLS, and how far each goes. Conditions of one statement must all hold, so a further
 * one lets requests through: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
 */
import { isList, isMap, sketchOf, type Body, type Value } from '../../proofs/topology/evaluate/index.ts';

interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** A statement with the effect Deny and a condition on `aws:SecureTransport`. What is not known stands in `${…}`. */
export interface Denial {
  /** Undefined where it names those that it does not deny. */
  readonly principals?: readonly string[];
  readonly actions?: readonly string[];
  readonly resources?: readonly string[];
  readonly conditions: readonly Condition[];
}

/** Where a denial stops short of every request; `isKnown` is false where that rests on a value that is not known. */
export interface Short {
  readonly what: string;
  readonly isKnown: boolean;
}

/** The denials among the statements of a policy in JSON. */
export function denialsIn(statements: Value): Denial[] {
  return (isList(statements) ? statements : [statements]).flatMap((statement) => {
    if (!isMap(statement) || statement['Effect'] !== 'Deny') return [];
    const { Principal: principal = null, Action: action, Resource: resource, Condition: condition = null } = statement;
    const tested = isMap(condition) ? Object.entries(condition) : [];
    return onTls({
      ...(principal !== null && { principals: isMap(principal) ? textsOf(principal['AWS']) : textsOf(principal) }),
      ...(action !== undefined && { actions: textsOf(action) }),
      ...(resource !== undefined && { resources: textsOf(resource) }),
      conditions: tested.flatMap(([operator, keys]) =>
        isMap(keys) ? Object.entries(keys).map(([key, values]) => ({ operator, key, values: textsOf(values) })) : [],
      ),
    });
  });
}

/** The denial that a `statement` block of an `aws_iam_policy_document` is, if it is one. */
export function denialOf(statement: Body): Denial | undefined {
  if (statement.attribute('effect')?.value !== 'Deny') return undefined;
  const texts = (body: Body, name: string): string[] => textsOf(body.attribute(name)?.value);
  const has = (name: string): boolean => statement.attribute(name) !== undefined;
  return onTls({
    ...(statement.blocks('not_principals').length === 0 && {
      principals: statement.blocks('principals').flatMap((principals) => texts(principals, 'identifiers')),
    }),
    ...(has('actions') && { actions: texts(statement, 'actions') }),
    ...(has('resources') && { resources: texts(statement, 'resources') }),
    conditions: statement.blocks('condition').map((condition) => ({
      operator: texts(condition, 'test')[0] ?? '',
      key: texts(condition, 'variable')[0] ?? '',
      values: texts(condition, 'values'),
    })),
  })[0];
}

function onTls(denial: Denial): Denial[] {
  return denial.conditions.some(isPlain) ? [denial] : [];
}

/** Names of keys are compared without regard to case. */
function isPlain({ operator, key, values }: Condition): boolean {
  const isAboutTls = key.toLowerCase() === 'aws:securetransport' && /^Bool(?:IfExists)?$/.test(operator);
  return isAboutTls && values.length > 0 && values.every((value) => value.toLowerCase() === 'false');
}

function textsOf(value: Value | undefined): string[] {
  if (value === undefined || value === null) return [];
  return isList(value) ? value.flatMap(textsOf) : [sketchOf(value) ?? '${…}'];
}

/** The first way in which a denial stops short; `undefined` where it denies everybody everything in the bucket. */
export function shortOf({ principals, actions, resources, conditions }: Denial): Short | undefined {
  const further = conditions.find((condition) => !isPlain(condition));
  if (further !== undefined) return { what: `only where ${further.key} meets a condition as well`, isKnown: true };
  return (
    shortList(principals, /^\*$/, 'to some') ??
    shortList(actions, /^(?:s3:)?\*$/i, 'for some actions') ??
    shortList(resources, /\*$/, 'for some objects')
  );
}

/** The attribute `arn` of a bucket is the bucket without what lies in it. */
const NOT_KNOWN = /\$\{(?![^}]*\.arn\})/;

function shortList(list: readonly string[] | undefined, whole: RegExp, which: string): Short | undefined {
  if (list?.some((one) => whole.test(one)) === true) return undefined;
  const what = list === undefined ? `${which} by exception` : `${which} alone: ${list.join(', ')}`;
  return { what, isKnown: list === undefined || !list.some((one) => NOT_KNOWN.test(one)) };
}
