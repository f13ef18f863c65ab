import type { HclAttribute, HclBlock } from '../../model/document.ts';
import type { HclGrammar, HclNode } from '../../model/world.ts';
import { splitBlocks } from './hcl-split.ts';
import { literalOf, unquote } from './hcl-literal.ts';
import type { HclFile, ReadProblem } from './stream.ts';

export { readHclJson } from './hcl-json.ts';

interface Source {
  readonly text: string;
  readonly path: string;
  readonly module: string;
  /** Lines of the file before `text`. */
  readonly linesBefore: number;
}

interface Gathered {
  readonly blocks: HclBlock[];
  readonly problems: ReadProblem[];
}

/**
 * Reads a `.tf`, `.tofu` or `.tfvars` file into blocks. A top-level block with a syntax error is a problem and no block;
 * the others are read all the same. Never throws.
 */
export function readHcl(grammar: HclGrammar, text: string, where: { path: string; module: string }): HclFile {
  const gathered: Gathered = { blocks: [], problems: [] };
  const whole = { ...where, text, linesBefore: 0 };
  const root = parse(grammar, whole, gathered);
  if (root === undefined) return gathered;
  if (firstError(root) === undefined) {
    addTopLevel(root, whole, gathered);
    return gathered;
  }
  for (const part of splitBlocks(text)) {
    const source = { ...where, ...part };
    const parsed = parse(grammar, source, gathered);
    if (parsed === undefined) continue;
    const error = firstError(parsed);
    if (error === undefined) addTopLevel(parsed, source, gathered);
    else
      gathered.problems.push({ message: messageOf(error), line: error.line + part.linesBefore, column: error.column });
  }
  return gathered;
}

function parse(grammar: HclGrammar, source: Source, gathered: Gathered): HclNode | undefined {
  try {
    return grammar.parse(source.text);
  } catch (error) {
    const message = error instanceof Error ? error.message : 'the file cannot be parsed';
    gathered.problems.push({ message, line: source.linesBefore + 1, column: 1 });
    return undefined;
  }
}

function addTopLevel(root: HclNode, source: Source, gathered: Gathered): void {
  const body = root.children.find((child) => child.type === 'body');
  if (body === undefined) return;
  const { attributes, blocks } = readBody(body, source, gathered);
  gathered.blocks.push(...blocks);
  const origin = { path: source.path, line: body.line + source.linesBefore, column: body.column };
  if (Object.keys(attributes).length > 0)
    gathered.blocks.push({ type: '', labels: [], attributes, blocks: [], module: source.module, origin });
}

function readBody(
  body: HclNode | undefined,
  source: Source,
  gathered: Gathered,
): { attributes: Record<string, HclAttribute>; blocks: HclBlock[] } {
  const attributes = new Map<string, HclAttribute>();
  const blocks: HclBlock[] = [];
  for (const child of body?.children ?? []) {
    if (child.type === 'block') blocks.push(readBlock(child, source, gathered));
    if (child.type !== 'attribute') continue;
    const name = textOf(child.children[0], source);
    const attribute = readAttribute(child, source);
    const earlier = attributes.get(name)?.origin.line;
    if (earlier === undefined) attributes.set(name, attribute);
    else
      gathered.problems.push({
        message: `the attribute ${name} is given twice, first on line ${earlier}`,
        ...placeOf(child, source),
      });
  }
  return { attributes: Object.fromEntries(attributes), blocks };
}

function readBlock(node: HclNode, source: Source, gathered: Gathered): HclBlock {
  const [type, ...rest] = node.children.filter((child) => child.type === 'identifier' || child.type === 'string_lit');
  const body = node.children.find((child) => child.type === 'body');
  return {
    type: textOf(type, source),
    labels: rest.map((label) => (label.type === 'identifier' ? textOf(label, source) : labelOf(label, source))),
    ...readBody(body, source, gathered),
    module: source.module,
    origin: { path: source.path, ...placeOf(node, source) },
  };
}

function readAttribute(node: HclNode, source: Source): HclAttribute {
  const expression = node.children.find((child) => child.type === 'expression');
  const literal = expression === undefined ? undefined : literalOf(expression, source.text);
  return {
    text: textOf(expression, source),
    ...(literal === undefined ? {} : { literal: literal.value }),
    origin: { path: source.path, ...placeOf(node, source) },
  };
}

function labelOf(node: HclNode, source: Source): string {
  const raw = source.text.slice(node.start + 1, node.end - 1);
  return unquote(raw) ?? raw;
}

function textOf(node: HclNode | undefined, source: Source): string {
  return node === undefined ? '' : source.text.slice(node.start, node.end);
}

function placeOf(node: HclNode, source: Source): { line: number; column: number } {
  return { line: node.line + source.linesBefore, column: node.column };
}

function firstError(node: HclNode): HclNode | undefined {
  if (node.type === 'ERROR' || node.missing) return node;
  for (const child of node.children) {
    const found = firstError(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

function messageOf(error: HclNode): string {
  return error.missing ? `expected ${JSON.stringify(error.type)}` : 'the syntax is not that of Terraform';
}
