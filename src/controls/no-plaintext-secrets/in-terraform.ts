import type { HclBlock } from '../../model/document.ts';
import type { HclExpression } from '../../model/hcl.ts';
import type { Origin } from '../../model/origin.ts';
import type { Named } from './credential.ts';
import { inCommand, inText, type Leak } from './found.ts';
import { isProse, listsReferences, strengthOf } from './names.ts';

/** Functions whose result holds what they are given. */
const KEEPING =
  /^(?:jsonencode|yamlencode|jsondecode|yamldecode|base64encode|base64gzip|textencodebase64|urlencode|merge|concat|flatten|compact|coalesce|coalescelist|try|tomap|tolist|toset|tostring|sensitive|nonsensitive|ephemeralasnull|trimspace|chomp|one|format|join|templatefile|templatestring)$/;

/** Attributes that are the credential by what they are of, whatever they are called. */
const HOLDS: Readonly<Record<string, string>> = {
  azurerm_key_vault_secret: 'value',
  aws_secretsmanager_secret_version: 'secret_string',
  google_secret_manager_secret_version: 'secret_data',
  github_actions_secret: 'plaintext_value',
  github_actions_organization_secret: 'plaintext_value',
};

/** Resources that are a value under a name, as `aws_ssm_parameter` and `tfe_variable` are. */
const NAMED_VALUES = /_(?:parameter|variable|secret|setting|config)\w*$/;

/** What stands in clear in a top-level block: a resource, a variable, locals; or, without a type, in a file of values. */
export function inBlock(block: HclBlock): Leak[] {
  return inBody(block, block.type === '' ? block.origin.path : [block.type, ...block.labels].join(' '));
}

function inBody(block: HclBlock, where: string): Leak[] {
  const { value } = block.attributes;
  const called = calledBy(block);
  return [
    ...Object.entries(block.attributes)
      .filter(([key]) => !isProse(key))
      .flatMap(([key, { expression, origin }]) => inExpression(expression, headOf(block, key), { where, origin })),
    ...(called === undefined || value === undefined
      ? []
      : inExpression(value.expression, { name: called }, { where, origin: value.origin })),
    ...block.blocks.flatMap((inner) => inBody(inner, where)),
  ];
}

/** A default stands under the name of its variable. */
function headOf({ type, labels }: HclBlock, key: string): Head {
  const isValueOf = (type === 'variable' && key === 'default') || (type === 'output' && key === 'value');
  if (isValueOf) return { name: labels[0] ?? key };
  return type === 'resource' && HOLDS[labels[0] ?? ''] === key ? { name: key, strength: 'sure' } : { name: key };
}

/** The name that a block gives to its `value`: `set { name = "auth.password", value = … }`. */
function calledBy({ type, labels, attributes }: HclBlock): string | undefined {
  if (type === 'resource' && !NAMED_VALUES.test(labels[0] ?? '')) return undefined;
  const { name = attributes['key'] } = attributes;
  return name === undefined ? undefined : textOf(name.expression);
}

/** The nearest name above an expression. */
type Head = Pick<Named, 'name' | 'strength'>;

interface Place {
  readonly where: string;
  readonly origin: Origin;
}

/** Every text that an expression holds. */
function inExpression(expression: HclExpression, head: Head, place: Place): Leak[] {
  const within = (inner: HclExpression): Leak[] => inExpression(inner, head, place);
  const text = textOf(expression);
  if (text !== undefined) return text === '' ? [] : inText(place.where, { ...head, value: text }, place);
  switch (expression.kind) {
    case 'object':
      return inMap(expression.items, head, place);
    case 'tuple':
      return inList(expression.items, head, place);
    case 'call':
      if (expression.name === 'lookup') return expression.args.slice(2).flatMap(within);
      return KEEPING.test(expression.name) ? expression.args.flatMap(within) : [];
    case 'conditional':
      return [...within(expression.yes), ...within(expression.no)];
    case 'for-tuple':
    case 'for-object':
      return within(expression.value);
    default:
      return [];
  }
}

type Items = Extract<HclExpression, { kind: 'object' }>['items'];

function inMap(items: Items, head: Head, place: Place): Leak[] {
  const member = (name: string): HclExpression | undefined => items.find(([key]) => textOf(key) === name)?.[1];
  const called = textOf(member('name'));
  const value = member('value');
  return [
    ...(called === undefined || value === undefined ? [] : inExpression(value, { name: called }, place)),
    ...items.flatMap(([key, held]) => {
      const name = textOf(key) ?? head.name;
      const isReference = listsReferences(head.name) && strengthOf(name) === 'sure';
      return isProse(name) ? [] : inExpression(held, isReference ? { name, strength: 'likely' } : { name }, place);
    }),
  ];
}

/** Texts in a list may be a command; under a name of a credential each is one. */
function inList(items: readonly HclExpression[], head: Head, place: Place): Leak[] {
  const texts = items.map(textOf);
  const isCommand = texts.every((text) => text !== undefined) && strengthOf(head.name) === 'none';
  if (!isCommand) return items.flatMap((item) => inExpression(item, head, place));
  const { where, origin } = place;
  return inCommand(
    `${head.name} in ${where}`,
    texts.map((text) => ({ text, origin })),
  );
}

/** The text of a literal or a template, with `${}` for what is not known; undefined for anything else. */
function textOf(expression: HclExpression | undefined): string | undefined {
  if (expression?.kind === 'template') return expression.parts.map((part) => textOf(part) ?? '${}').join('');
  if (expression?.kind !== 'literal') return undefined;
  return typeof expression.value === 'string' || typeof expression.value === 'number' ? String(expression.value) : '';
}
