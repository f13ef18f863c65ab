/**
 * Selectors of Calico in the form of all selectors: alternatives, each of which asks for labels of the namespace and of the pod. Beside its
 * own labels a pod has those of its namespace under `pcns.`, those of its ServiceAccount under `pcsa.`, and some that Calico gives it
 * (Calico `libcalico-go/lib/backend/k8s/conversion`, `libcalico-go/lib/backend/syncersv1/updateprocessors/rules.go`).
 */
import { selects, type Selector, type SelectorExpression } from '../../../../model/selector.ts';
import { NAME_LABEL } from '../../classes.ts';
import { both, either, matches, type KnownLabels, type Match } from '../../match.ts';
import { ACCOUNT, ACCOUNT_LABELS } from '../accounts.ts';
import { Refused } from '../refused.ts';
import { ALL, not, parseExpression, type Dialect, type Expression, type Term } from './expressions.ts';

const NAMESPACE = 'projectcalico.org/namespace';
const NAMESPACE_LABELS = 'pcns.';
/** The name of a namespace or ServiceAccount among its labels. */
const NAME = 'projectcalico.org/name';
const GIVEN = { 'projectcalico.org/orchestrator': 'k8s' };

const ofNamespace: Dialect['term'] = (key, operator, values) => ({
  of: 'namespace',
  key: key === NAME ? NAME_LABEL : key,
  operator,
  values,
});
const ofAccount: Dialect['term'] = (key, operator, values) => ({
  of: 'endpoint',
  key: key === NAME ? ACCOUNT : `${ACCOUNT_LABELS}${key}`,
  operator,
  values,
});
const ofEndpoint: Dialect['term'] = (key, operator, values) => {
  if (key === NAMESPACE) return { of: 'namespace', key: NAME_LABEL, operator, values };
  if (key === 'projectcalico.org/serviceaccount') return { of: 'endpoint', key: ACCOUNT, operator, values };
  if (key.startsWith(NAMESPACE_LABELS)) return ofNamespace(key.slice(NAMESPACE_LABELS.length), operator, values);
  if (key.startsWith(ACCOUNT_LABELS)) return ofAccount(key.slice(ACCOUNT_LABELS.length), operator, values);
  return { of: 'endpoint', key, operator, values };
};

/** In a namespace, whichever; what is of the whole cluster is in none. */
const IN_NAMESPACE: Expression = { kind: 'term', term: ofEndpoint(NAMESPACE, 'Exists', []) };

export function endpointExpression(text: string): Expression {
  return parseExpression(text, { term: ofEndpoint, all: ALL });
}

export function accountExpression(text: string): Expression {
  return parseExpression(text, { term: ofAccount, all: ALL });
}

export function accountsNamed(names: readonly string[]): Expression {
  return { kind: 'term', term: { of: 'endpoint', key: ACCOUNT, operator: 'In', values: names } };
}

export function namespaceExpression(text: string): Expression {
  return parseExpression(text, { term: ofNamespace, all: IN_NAMESPACE });
}

/** `global()`, alone: what is of no namespace. */
export function isGlobal(text: string | undefined): boolean {
  return text !== undefined && /^[ \t]*global\([ \t]*\)[ \t]*$/.test(text);
}

export const GLOBAL: Expression = not(IN_NAMESPACE);

export function inNamespace(name: string): Expression {
  return { kind: 'term', term: ofEndpoint(NAMESPACE, 'In', [name]) };
}

/** Alternatives, each of terms that all have to hold. */
export type Alternatives = readonly (readonly Term[])[];

/** More than anybody writes; a selector that comes to more is not worked out. */
const MOST = 2000;

const OPPOSITE: Readonly<Record<string, string>> = {
  In: 'NotIn',
  NotIn: 'In',
  Exists: 'DoesNotExist',
  DoesNotExist: 'Exists',
  contains: 'not contains',
  'starts with': 'not starts with',
  'ends with': 'not ends with',
};

export function alternativesOf(expression: Expression, negated = false): Alternatives {
  if (expression.kind === 'not') return alternativesOf(expression.inner, !negated);
  if (expression.kind === 'term') {
    const { term } = expression;
    return [[negated ? { ...term, operator: OPPOSITE[term.operator] ?? term.operator } : term]];
  }
  const parts = expression.parts.map((part) => alternativesOf(part, negated));
  if ((expression.kind === 'or') !== negated) return parts.flat();
  return parts.reduce<Alternatives>(
    (all, part) => {
      if (all.length * part.length > MOST) throw new Refused(`a selector comes to more than ${MOST} alternatives`);
      return all.flatMap((terms) => part.map((more) => [...terms, ...more]));
    },
    [[]],
  );
}

/** The pods of the alternatives; those that no pod fits are left out. */
export function podSelectors(alternatives: Alternatives): { namespaces: Selector; pods: Selector }[] {
  return alternatives.flatMap((terms) => {
    const [given, asked] = [true, false].map((wanted) =>
      terms.filter(({ key }) => Object.hasOwn(GIVEN, key) === wanted),
    );
    if (!selects({ matchLabels: {}, matchExpressions: given ?? [] }, GIVEN)) return [];
    const selector = (of: Term['of']): Selector => selectorOf((asked ?? []).filter((term) => term.of === of));
    return [{ namespaces: selector('namespace'), pods: selector('endpoint') }];
  });
}

/** What a NetworkSet, or a GlobalNetworkSet with a namespace of no labels, is asked for. */
export function holds(alternatives: Alternatives, namespace: KnownLabels, own: KnownLabels): Match {
  return alternatives.reduce<Match>((known, terms) => {
    const match = terms.reduce<Match>(
      (all, term) => both(all, matches(selectorOf([term]), term.of === 'namespace' ? namespace : own)),
      2,
    );
    return either(known, match);
  }, 0);
}

/** What is of no namespace has none of the labels of one. */
export const NO_NAMESPACE: KnownLabels = { labels: {}, complete: true };

/** Whether a node that is known as a host endpoint may be selected: its labels no manifest says. */
export function mayHoldNodes(alternatives: Alternatives): boolean {
  return holds(alternatives, NO_NAMESPACE, { labels: {}, complete: false }) > 0;
}

/** A single value is a label to look under. */
function selectorOf(terms: readonly SelectorExpression[]): Selector {
  const matchLabels: Record<string, string> = {};
  const matchExpressions: SelectorExpression[] = [];
  for (const { key, operator, values } of terms) {
    const [value] = values;
    if (operator === 'In' && values.length === 1 && value !== undefined && !Object.hasOwn(matchLabels, key))
      matchLabels[key] = value;
    else matchExpressions.push({ key, operator, values });
  }
  return { matchLabels, matchExpressions };
}
