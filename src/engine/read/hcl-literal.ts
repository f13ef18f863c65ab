import type { HclNode } from '../../model/world.ts';

/** Nodes that make a value depend on something else. */
const TEMPLATE_PARTS = new Set(['template_interpolation', 'template_directive', 'template_for', 'template_if']);

/** A value that stands in the source through and through; `undefined` where an expression would have to be evaluated. */
export function literalOf(node: HclNode, text: string): { readonly value: unknown } | undefined {
  switch (node.type) {
    case 'expression':
      return literalOfExpression(node, text);
    case 'literal_value':
    case 'collection_value':
      return node.children.length === 1 ? literalOf(node.children[0] as HclNode, text) : undefined;
    case 'template_expr':
      return literalOf(node.children[0] as HclNode, text);
    case 'null_lit':
      return { value: null };
    case 'bool_lit':
      return { value: text.slice(node.start, node.end) === 'true' };
    case 'numeric_lit':
      return numberOf(text.slice(node.start, node.end));
    case 'operation':
      return negativeOf(node, text);
    case 'string_lit':
    case 'quoted_template':
      return quotedOf(node, text);
    case 'heredoc_template':
      return heredocOf(node, text);
    case 'tuple':
      return tupleOf(node, text);
    case 'object':
      return objectOf(node, text);
    default:
      return undefined;
  }
}

/** One value, in parentheses or not. */
function literalOfExpression(node: HclNode, text: string): { readonly value: unknown } | undefined {
  const parts = node.children.filter((child) => child.type !== '(' && child.type !== ')' && child.type !== 'comment');
  return parts.length === 1 ? literalOf(parts[0] as HclNode, text) : undefined;
}

function numberOf(source: string): { readonly value: number } | undefined {
  if (!/^\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(source)) return undefined;
  const value = Number(source);
  return Number.isFinite(value) ? { value } : undefined;
}

function negativeOf(node: HclNode, text: string): { readonly value: number } | undefined {
  const match = /^-\s*([\d.eE+-]+)$/.exec(text.slice(node.start, node.end));
  const number = match?.[1] === undefined ? undefined : numberOf(match[1]);
  return number === undefined ? undefined : { value: -number.value };
}

function quotedOf(node: HclNode, text: string): { readonly value: string } | undefined {
  if (node.children.some((child) => TEMPLATE_PARTS.has(child.type))) return undefined;
  const value = unquote(text.slice(node.start + 1, node.end - 1));
  return value === undefined ? undefined : { value };
}

/** Resolves the escapes of a quoted string; `undefined` for one that HCL does not know. */
export function unquote(source: string): string | undefined {
  let valid = true;
  const value = source.replaceAll(
    /\$\$\{|%%\{|\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([nrt"\\])|)/g,
    (whole, short?: string, long?: string, simple?: string) => {
      if (whole.startsWith('$') || whole.startsWith('%')) return whole.slice(1);
      if (simple !== undefined) return ESCAPES[simple] ?? simple;
      const code = Number.parseInt(short ?? long ?? 'x', 16);
      if (code <= 0x10ffff) return String.fromCodePoint(code);
      valid = false;
      return '';
    },
  );
  return valid ? value : undefined;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** The text between the line of the marker and the closing one, taken from the source since the grammar trims it. */
function heredocOf(node: HclNode, text: string): { readonly value: string } | undefined {
  if (node.children.some((child) => TEMPLATE_PARTS.has(child.type))) return undefined;
  const source = text.slice(node.start, node.end);
  const lines = source.split(/\r?\n/).slice(1, -1);
  const body = source.startsWith('<<-') ? withoutIndent(lines) : lines;
  const value = body.map((line) => `${line}\n`).join('');
  return { value: value.replaceAll('$${', '${').replaceAll('%%{', '%{') };
}

function withoutIndent(lines: readonly string[]): string[] {
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const indent = indents.reduce((least, next) => Math.min(least, next), Number.POSITIVE_INFINITY);
  return lines.map((line) => line.slice(Math.min(indent, line.length)));
}

function tupleOf(node: HclNode, text: string): { readonly value: unknown[] } | undefined {
  const value: unknown[] = [];
  for (const child of node.children) {
    if (child.type.startsWith('for_')) return undefined;
    if (child.type !== 'expression') continue;
    const item = literalOf(child, text);
    if (item === undefined) return undefined;
    value.push(item.value);
  }
  return { value };
}

function objectOf(node: HclNode, text: string): { readonly value: Record<string, unknown> } | undefined {
  const entries: [string, unknown][] = [];
  for (const child of node.children) {
    if (child.type !== 'object_elem') continue;
    const [key, value] = child.children.filter((part) => part.type === 'expression');
    const name = key === undefined ? undefined : keyOf(key, text);
    const literal = value === undefined ? undefined : literalOf(value, text);
    if (name === undefined || literal === undefined) return undefined;
    entries.push([name, literal.value]);
  }
  return { value: Object.fromEntries(entries) };
}

/** A bare word is its own name; anything else must be a literal itself. */
function keyOf(key: HclNode, text: string): string | undefined {
  const source = text.slice(key.start, key.end);
  if (/^[\p{ID_Start}_][\p{ID_Continue}-]*$/u.test(source)) return source;
  const literal = literalOf(key, text);
  return literal === undefined || typeof literal.value === 'object' ? undefined : String(literal.value);
}
