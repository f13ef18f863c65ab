import { Cursor, isMapping } from '../../model/cursor.ts';
import type { DataDocument } from '../../model/document.ts';
import { below, type Origin } from '../../model/origin.ts';
import { inCommand, inText, type Leak } from './found.ts';
import { isProse, isVariable, listsReferences, namesPassword, strengthOf, type NameStrength } from './names.ts';

/** Kinds that carry the values of a chart, and the keys under which they do. */
const OF_CHARTS = new Set(['HelmRelease', 'HelmChart', 'HelmChartConfig', 'Application', 'ApplicationSet']);
const CHART_VALUES = new Set(['values', 'valuesObject', 'valuesContent', 'helm', 'set']);

const COMMANDS = new Set(['command', 'args']);

const DEEPEST = 20;

/** The resource that is walked through. */
interface Resource {
  readonly where: string;
  readonly spec: Cursor;
  readonly carriesValues: boolean;
}

/** A value in its tree, and what the keys above it say. */
interface Node {
  readonly value: unknown;
  readonly key: string | number;
  readonly above: Node | undefined;
  readonly depth: number;
  /** Under the values of a chart, and in what programs are configured by, every name counts. */
  readonly everyName: boolean;
}

/**
 * What stands in clear in a custom resource. Its keys (`secretKey`, `tokenRef`, `passwordSecret`) name places far more often than they hold
 * credentials, so of the names only those of passwords count, and those of environment variables; under the values of a chart all do.
 */
export function inResource(where: string, root: Cursor, kind: string): Leak[] {
  return root
    .entries()
    .filter(([key]) => !NOT_SET.has(key))
    .flatMap(([key, member]) => inValues(where, member, { key, carriesValues: OF_CHARTS.has(kind) }));
}

/** Members of an object that say what it is, or that the cluster writes. */
const NOT_SET = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/** What stands in clear in a part of an object. */
export function inValues(where: string, at: Cursor, { key = '', carriesValues = false } = {}): Leak[] {
  const resource = { where, spec: at, carriesValues };
  return inNode(resource, { value: at.value, key, above: undefined, depth: 0, everyName: false });
}

/** What stands in clear in a file that a program is configured by: the logins of its receivers, scrapes and exporters. */
export function inConfiguration({ path, data, origin }: DataDocument): Leak[] {
  const resource = { where: path, spec: new Cursor(data, origin), carriesValues: false };
  return inNode(resource, { value: data, key: '', above: undefined, depth: 0, everyName: true });
}

function inNode(resource: Resource, node: Node): Leak[] {
  const { value, depth } = node;
  if (depth > DEEPEST) return [];
  if (typeof value === 'string' || typeof value === 'number')
    return inScalar(resource, node, nameOf(node), String(value));
  if (Array.isArray(value)) return inList(resource, node, value);
  return isMapping(value) ? inMembers(resource, node, value) : [];
}

function inScalar({ where, spec }: Resource, node: Node, name: string, value: string): Leak[] {
  const place = {
    get origin() {
      return originOf(node, spec.origin);
    },
  };
  return inText(where, { name, value, strength: strengthAt(name, node) }, place);
}

function inList(resource: Resource, node: Node, list: readonly unknown[]): Leak[] {
  const children = list.map((item, index) => childOf(resource, node, index, item));
  if (!COMMANDS.has(nameOf(node)) || !list.every((item) => typeof item === 'string'))
    return children.flatMap((child) => inNode(resource, child));
  const { where, spec } = resource;
  return inCommand(
    where,
    children.map((child) => ({ text: String(child.value), origin: originOf(child, spec.origin) })),
  );
}

function inMembers(resource: Resource, node: Node, members: Readonly<Record<string, unknown>>): Leak[] {
  const { name, value } = members;
  return Object.entries(members).flatMap(([key, member]) => {
    const child = childOf(resource, node, key, member);
    // `name: DB_PASSWORD` beside `value: …`
    if (key === 'value' && typeof name === 'string' && typeof value === 'string')
      return inScalar(resource, child, name, value);
    return isProse(key) ? [] : inNode(resource, child);
  });
}

function childOf({ carriesValues }: Resource, above: Node, key: string | number, value: unknown): Node {
  const startsValues = carriesValues && typeof key === 'string' && CHART_VALUES.has(key);
  return { value, key, above, depth: above.depth + 1, everyName: above.everyName || startsValues };
}

function originOf(node: Node, root: Origin): Origin {
  const keys: (string | number)[] = [];
  for (let at: Node | undefined = node; at?.above !== undefined; at = at.above) keys.unshift(at.key);
  return below(root, ...keys);
}

/** The nearest key at or above an element of a list. */
function nameOf(node: Node): string {
  let at: Node | undefined = node;
  while (typeof at?.key === 'number') at = at.above;
  return String(at?.key ?? '');
}

function strengthAt(name: string, { everyName, above }: Node): NameStrength {
  if (!everyName && !isVariable(name) && !namesPassword(name)) return 'none';
  const strength = isPagerKey(name, above) ? 'likely' : strengthOf(name);
  return strength === 'sure' && above !== undefined && listsReferences(nameOf(above)) ? 'likely' : strength;
}

/** Elsewhere a routing key is what a message or an alert is routed by, and no secret. */
function isPagerKey(name: string, above: Node | undefined): boolean {
  return /^(?:routing|service)_key$/.test(name) && above !== undefined && nameOf(above) === 'pagerduty_configs';
}
