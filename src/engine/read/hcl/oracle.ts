/** A second reading of HCL by tree-sitter's grammar, against which the tests hold the reader. Not part of the product. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Language, Parser, type Node } from 'web-tree-sitter';

/** What both readers must agree on: blocks and attributes with their places, the text of expressions and the parts these have. */
export interface Outline {
  readonly lines: readonly string[];
  readonly parts: Readonly<Record<string, number>>;
}

/** Loads the grammar; the answer is `undefined` for a text that it takes for erroneous. */
export async function loadOracle(): Promise<(text: string) => Outline | undefined> {
  const { resolve } = createRequire(import.meta.url);
  const wasm = (path: string): Uint8Array => readFileSync(resolve(path));
  await Parser.init({ wasmBinary: wasm('web-tree-sitter/web-tree-sitter.wasm') });
  const parser = new Parser();
  parser.setLanguage(await Language.load(wasm('@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm')));
  return (text) => {
    const tree = parser.parse(text);
    if (tree === null || tree.rootNode.hasError) return undefined;
    const lines: string[] = [];
    const parts: Record<string, number> = {};
    visit(tree.rootNode, lines, parts);
    tree.delete();
    return { lines, parts };
  };
}

const PARTS: Readonly<Record<string, string>> = {
  function_call: 'call',
  conditional: 'conditional',
  template_if: 'conditional',
  for_tuple_expr: 'for-tuple',
  for_object_expr: 'for-object',
  get_attr: 'attribute',
  index: 'index',
  splat: 'splat',
  binary_operation: 'binary',
  unary_operation: 'unary',
  tuple: 'tuple',
  object: 'object',
};

function visit(node: Node, lines: string[], parts: Record<string, number>): void {
  const place = `${node.startPosition.row + 1}:${node.startPosition.column + 1}`;
  const children = node.children.filter((child) => child !== null);
  if (node.type === 'block') {
    const heads = children.filter(({ type }) => type === 'identifier' || type === 'string_lit');
    lines.push(`${place} ${heads.map(({ text }) => text.replaceAll('"', '')).join(' ')}`);
  }
  if (node.type === 'attribute') {
    const value = children.find(({ type }) => type === 'expression');
    lines.push(`${place} ${children[0]?.text ?? ''} = ${value?.text.trimEnd() ?? ''}`);
  }
  const part = PARTS[node.type];
  if (part !== undefined) parts[part] = (parts[part] ?? 0) + 1;
  for (const child of children) visit(child, lines, parts);
}
