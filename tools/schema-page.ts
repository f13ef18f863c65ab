/** A JSON Schema as far as pages show it. */
interface Node {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
}

interface Row {
  readonly key: string;
  readonly type: string;
  readonly needed: boolean;
  readonly fallback: string;
  readonly description: string;
}

/** The reference page of a file that people write: plain keys first, then a section for each key that has others below it. */
export function schemaPage(title: string, intro: string, schema: object): string {
  const root = schema as Node;
  const all = Object.entries(root.properties ?? {}).map(([key, node]) =>
    rowsOf(key, node, root.required?.includes(key) === true),
  );
  const plain = all.filter((rows) => rows.length === 1).flat();
  const sections = all
    .filter((rows) => rows.length > 1)
    .flatMap((rows) => [`## ${rows[0]?.key}`, '', ...tableOf(rows), '']);
  return [`# ${title}`, '', `${intro} Generated from the sources.`, '', ...tableOf(plain), '', ...sections].join('\n');
}

function tableOf(rows: readonly Row[]): string[] {
  const cells = rows.map(({ key, type, needed, fallback, description }) =>
    [`\`${key}\``, type, needed ? 'yes' : '', fallback, description].map((cell) => cell.replaceAll('|', '\\|')),
  );
  return [
    '| Key | Type | Needed | Default | Meaning |',
    '| --- | --- | --- | --- | --- |',
    ...cells.map((row) => `| ${row.join(' | ')} |`),
  ];
}

/** A key and all below it; `[]` stands for the items of a list, `NAME` for a key of the user's own. */
function rowsOf(key: string, node: Node, needed: boolean): Row[] {
  const own: Row = {
    key,
    type: typeOf(node),
    needed,
    fallback: isPlainDefault(node.default) ? `\`${JSON.stringify(node.default)}\`` : '',
    description: node.description ?? '',
  };
  return [own, ...below(key, node)];
}

function below(key: string, node: Node): Row[] {
  if (node.items !== undefined) return below(`${key}[]`, node.items);
  if (typeof node.additionalProperties === 'object') {
    const value = node.additionalProperties;
    return isStructured(value) ? below(`${key}.NAME`, value) : [];
  }
  const branches = node.anyOf ?? node.oneOf ?? [];
  return [
    ...branches.flatMap((branch) => below(key, branch)),
    ...Object.entries(node.properties ?? {}).flatMap(([name, child]) =>
      rowsOf(`${key}.${name}`, child, node.required?.includes(name) === true),
    ),
  ];
}

function isStructured(node: Node): boolean {
  return (
    node.properties !== undefined ||
    node.items !== undefined ||
    node.anyOf !== undefined ||
    typeof node.additionalProperties === 'object'
  );
}

function typeOf(node: Node): string {
  if (node.const !== undefined) return `\`${String(node.const)}\``;
  if (node.enum !== undefined) return node.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (node.items !== undefined) return `list of ${typeOf(node.items)}`;
  const branches = node.anyOf ?? node.oneOf;
  if (branches !== undefined) return [...new Set(branches.map(typeOf))].join(' or ');
  if (node.properties !== undefined || node.additionalProperties !== undefined) return 'mapping';
  if (Array.isArray(node.type)) return node.type.join(' or ');
  return node.format !== undefined && FORMATS.has(node.format) ? node.format : String(node.type ?? 'anything');
}

/** Formats that say more than their type. */
const FORMATS: ReadonlySet<string> = new Set(['date', 'date-time', 'email', 'uri', 'cidrv4', 'cidrv6', 'base64']);

/** Empty lists and mappings say nothing: a key that is left out is empty. */
function isPlainDefault(value: unknown): boolean {
  if (value === undefined) return false;
  return typeof value !== 'object' || value === null || Object.keys(value).length > 0;
}
