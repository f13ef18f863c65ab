import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { TreeCursor } from 'web-tree-sitter';
import { LaunchgateError } from '../model/errors.ts';
import type { HclGrammar, HclNode } from '../model/world.ts';

/**
 * Bounds of one file. The parser needs about 1 µs a character, ten times that on text that is no HCL, and memory for every open brace;
 * ten thousand lines of Terraform lie within them.
 */
export const HCL_LIMITS = { characters: 512 * 1024, braces: 512, nodes: 400_000, depth: 600 } as const;

let loading: Promise<HclGrammar> | undefined;

/** Loads the Terraform grammar, once for the process. Call it only when there is something to parse: it costs 20 ms. */
export function loadHcl(): Promise<HclGrammar> {
  loading ??= load();
  return loading;
}

async function load(): Promise<HclGrammar> {
  const { Language, Parser } = await import('web-tree-sitter');
  await Parser.init({ wasmBinary: wasm('web-tree-sitter', 'web-tree-sitter.wasm') });
  const language = await Language.load(wasm('@tree-sitter-grammars/tree-sitter-hcl', 'tree-sitter-terraform.wasm'));
  const parser = new Parser();
  parser.setLanguage(language);

  const parse = (text: string): HclNode => {
    if (text.length > HCL_LIMITS.characters) throw hostile(`is longer than ${HCL_LIMITS.characters} characters`);
    if (openBraces(text) > HCL_LIMITS.braces) throw hostile(`opens more than ${HCL_LIMITS.braces} braces at once`);
    const tree = parser.parse(text);
    if (tree === null) throw hostile('cannot be parsed');
    const cursor = tree.walk();
    try {
      return copy(cursor, { nodes: 0 }, 0);
    } finally {
      cursor.delete();
      tree.delete();
    }
  };
  return { parse };
}

/** Most braces open at once, those in strings and comments counted. */
function openBraces(text: string): number {
  let open = 0;
  let most = 0;
  for (const [brace] of text.matchAll(/[{}]/g)) {
    open = Math.max(0, open + (brace === '{' ? 1 : -1));
    most = Math.max(most, open);
  }
  return most;
}

/** The bytes of a wasm file: beside the bundle in a release, in its package otherwise. */
function wasm(packageName: string, file: string): Uint8Array {
  const beside = fileURLToPath(new URL(file, import.meta.url));
  if (existsSync(beside)) return readFileSync(beside);
  return readFileSync(createRequire(import.meta.url).resolve(`${packageName}/${file}`));
}

/** Copies the node under the cursor and all below it, so that nothing outlives the parser's memory. */
function copy(cursor: TreeCursor, count: { nodes: number }, depth: number): HclNode {
  count.nodes += 1;
  if (count.nodes > HCL_LIMITS.nodes) throw hostile(`has more than ${HCL_LIMITS.nodes} parts`);
  if (depth > HCL_LIMITS.depth) throw hostile(`nests deeper than ${HCL_LIMITS.depth} levels`);
  const { row, column } = cursor.startPosition;
  const children: HclNode[] = [];
  const node: HclNode = {
    type: cursor.nodeType,
    line: row + 1,
    column: column + 1,
    start: cursor.startIndex,
    end: cursor.endIndex,
    missing: cursor.nodeIsMissing,
    children,
  };
  if (cursor.gotoFirstChild()) {
    do children.push(copy(cursor, count, depth + 1));
    while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return node;
}

function hostile(why: string): LaunchgateError {
  return new LaunchgateError('input-hostile', `the Terraform file ${why}`, {
    next: 'Split the file, or exclude it in the spec.',
  });
}
