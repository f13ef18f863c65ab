import type { HclExpression, HclLoop } from '../../../model/hcl.ts';
import { applyFunction, concatenate, MAX_ITEMS } from './functions/index.ts';
import { binary, logical, numberOf, truth } from './operators.ts';
import { bind, LIMITS, Namespace, type Operand, type Scope } from './scope.ts';
import {
  asUnknown,
  invalid,
  isList,
  isMap,
  mapOf,
  memberOf,
  Reference,
  sameValue,
  textOf,
  Unknown,
  whyUnknown,
  type Value,
} from './value.ts';

const ELEMENT = '*element';

/** The value of an expression, as far as it can be told. Never throws; its cost is bounded by the scope's budget. */
export function evaluate(expression: HclExpression, scope: Scope): Value {
  const found = operand(expression, scope);
  return found instanceof Namespace ? collected(found) : found;
}

/** A namespace as the list or map of its members. */
function collected({ members }: Namespace): Value {
  if (members === undefined) return new Unknown('its instances are not known');
  const values = members().map(
    ([key, member]) => [key, member instanceof Namespace ? collected(member) : member] as const,
  );
  if (values.every(([key]) => typeof key === 'number')) return values.map(([, value]) => value);
  return mapOf(values.map(([key, value]) => [String(key), value]));
}

function operand(expression: HclExpression, scope: Scope): Operand {
  const { budget } = scope;
  budget.steps += 1;
  if (budget.depth >= LIMITS.depth) return new Unknown('its references nest too deep');
  if (budget.steps > LIMITS.steps) return new Unknown('the configuration takes too long to evaluate');
  budget.depth += 1;
  const found = compute(expression, scope);
  budget.depth -= 1;
  return found;
}

function compute(expression: HclExpression, scope: Scope): Operand {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'template':
      return concatenate(expression.parts.map((part) => evaluate(part, scope)));
    case 'template-for':
      return templateLoop(expression.loop, expression.body, scope);
    case 'name':
      return scope.root(expression.name) ?? new Unknown(`${expression.name} is not known here`);
    case 'element':
      return scope.root(ELEMENT) ?? null;
    case 'attribute':
      return step(operand(expression.of, scope), expression.name, scope);
    case 'index':
      return index(operand(expression.of, scope), evaluate(expression.key, scope), scope);
    case 'splat':
      return splat(operand(expression.of, scope), expression.each, scope);
    case 'call':
      return call(expression.name, expression.args, expression.spread, scope);
    case 'tuple':
      return expression.items.map((item) => evaluate(item, scope));
    case 'object':
      return object(expression.items, scope);
    case 'for-tuple':
      return tupleLoop(expression.loop, expression.value, scope);
    case 'for-object':
      return objectLoop(expression, scope);
    case 'unary':
      return unary(expression.operator, evaluate(expression.operand, scope));
    case 'binary': {
      const left = evaluate(expression.left, scope);
      const { operator } = expression;
      if (operator === '&&' || operator === '||')
        return logical(operator, left, () => evaluate(expression.right, scope));
      return binary(operator, left, evaluate(expression.right, scope));
    }
    case 'conditional':
      return conditional(expression, scope);
  }
}

/** A member of a map, an attribute of a resource, or a name in a namespace. */
function step(of: Operand, name: string, scope: Scope): Operand {
  if (of instanceof Namespace) return of.get(name);
  if (of instanceof Reference) return scope.step(of, name);
  if (of instanceof Unknown) return of;
  if (of === null) return invalid(`null has no ${name}`);
  // A member may be null, which is not the same as not being there.
  const member = isMap(of) ? memberOf(of, name) : undefined;
  return member === undefined ? invalid(`it has no ${name}`) : member;
}

function index(of: Operand, key: Value, scope: Scope): Operand {
  if (whyUnknown(key) !== undefined) return asUnknown(key);
  if (isList(of as Value)) {
    const list = of as readonly Value[];
    const at = numberOf(key);
    return (
      (at === undefined ? undefined : list[at]) ?? (list.length > (at ?? 0) ? null : invalid('the list is shorter'))
    );
  }
  if (of instanceof Reference && typeof key === 'number') return scope.step(of, key);
  const name = textOf(key);
  return name === undefined ? invalid('the key is no text') : step(of, name, scope);
}

function splat(of: Operand, each: HclExpression, scope: Scope): Value {
  const apply = (element: Operand): Value => evaluate(each, bind(scope, { [ELEMENT]: element }));
  if (of instanceof Namespace)
    return of.members === undefined
      ? new Unknown('its instances are not known')
      : of.members().map(([, one]) => apply(one));
  if (of === null) return [];
  if (of instanceof Unknown) return of;
  if (of instanceof Reference && of.path.length > 0) return asUnknown(of);
  return isList(of) ? of.map(apply) : [apply(of)];
}

function call(name: string, args: readonly HclExpression[], spread: boolean, scope: Scope): Value {
  if (name === 'try') return attempt(args, scope);
  if (name === 'can') {
    const value = evaluate(args[0] ?? { kind: 'literal', value: null }, scope);
    return value instanceof Unknown && !value.invalid ? value : !(value instanceof Unknown);
  }
  const values = args.map((arg) => evaluate(arg, scope));
  const last = values.at(-1);
  if (!spread || last === undefined) return applyFunction(name, values);
  if (!isList(last)) return whyUnknown(last) === undefined ? invalid('only a list is spread') : asUnknown(last);
  return applyFunction(name, [...values.slice(0, -1), ...last]);
}

/** The first argument that Terraform would take; one that may or may not be is not known. */
function attempt(args: readonly HclExpression[], scope: Scope): Value {
  for (const arg of args) {
    const value = evaluate(arg, scope);
    if (!(value instanceof Unknown && value.invalid)) return value;
  }
  return invalid('try has nothing to choose from');
}

function object(items: readonly (readonly [HclExpression, HclExpression])[], scope: Scope): Value {
  const entries: [string, Value][] = [];
  for (const [key, value] of items) {
    const name = evaluate(key, scope);
    const text = textOf(name);
    if (text === undefined) return whyUnknown(name) === undefined ? invalid('a key is no text') : asUnknown(name);
    entries.push([text, evaluate(value, scope)]);
  }
  return mapOf(entries);
}

function unary(operator: '-' | '!', value: Value): Value {
  if (operator === '!') {
    const known = truth(value);
    return known === undefined ? asUnknown(value) : !known;
  }
  const number = numberOf(value);
  return number === undefined ? asUnknown(value) : -number;
}

/** With a condition that is not known, the answer is known where both branches agree. */
function conditional(expression: HclExpression & { kind: 'conditional' }, scope: Scope): Value {
  const condition = evaluate(expression.condition, scope);
  const decided = truth(condition);
  if (decided !== undefined) return evaluate(decided ? expression.yes : expression.no, scope);
  const [yes, no] = [evaluate(expression.yes, scope), evaluate(expression.no, scope)];
  return sameValue(yes, no) === true ? yes : asUnknown(condition);
}

/** One turn of a loop for each element that its condition lets through; unknown where elements or conditions are. */
function turns(loop: HclLoop, scope: Scope): readonly Scope[] | Unknown {
  const members = membersOf(operand(loop.of, scope));
  if (members instanceof Unknown) return members;
  if (members.length > MAX_ITEMS) return new Unknown(`the loop has more than ${MAX_ITEMS} turns`);
  const found: Scope[] = [];
  for (const [key, value] of members) {
    const turn = bind(
      scope,
      loop.key === undefined ? { [loop.value]: value } : { [loop.key]: key, [loop.value]: value },
    );
    if (loop.condition !== undefined) {
      const condition = evaluate(loop.condition, turn);
      const decided = truth(condition);
      if (decided === undefined) return asUnknown(condition);
      if (!decided) continue;
    }
    found.push(turn);
  }
  return found;
}

/** What `for`, `for_each` and `dynamic` go over: lists by index, maps in the order of their keys. */
export function membersOf(of: Operand): readonly (readonly [string | number, Operand])[] | Unknown {
  if (of instanceof Namespace) return of.members?.() ?? new Unknown('its instances are not known');
  if (isList(of)) return of.map((item, position) => [position, item] as const);
  if (isMap(of))
    return Object.keys(of)
      .sort()
      .map((key) => [key, of[key] ?? null] as const);
  return whyUnknown(of) === undefined ? invalid('it has no elements') : asUnknown(of);
}

function tupleLoop(loop: HclLoop, value: HclExpression, scope: Scope): Value {
  const found = turns(loop, scope);
  return found instanceof Unknown ? found : found.map((turn) => evaluate(value, turn));
}

function objectLoop({ loop, key, value, grouped }: HclExpression & { kind: 'for-object' }, scope: Scope): Value {
  const found = turns(loop, scope);
  if (found instanceof Unknown) return found;
  const entries = new Map<string, Value>();
  for (const turn of found) {
    const name = evaluate(key, turn);
    const text = textOf(name);
    if (text === undefined) return asUnknown(name);
    const item = evaluate(value, turn);
    const before = entries.get(text);
    entries.set(text, grouped ? [...(before !== undefined && isList(before) ? before : []), item] : item);
  }
  return mapOf(entries);
}

function templateLoop(loop: HclLoop, body: HclExpression, scope: Scope): Value {
  const found = turns(loop, scope);
  return found instanceof Unknown ? found : concatenate(found.map((turn) => evaluate(body, turn)));
}
