import { readHcl, readHclJson } from '../../src/engine/read/hcl/index.ts';
import type { HclBlock } from '../../src/model/document.ts';
import { evaluateRoots, type Configuration } from '../../src/proofs/topology/evaluate/index.ts';

/** The blocks of Terraform files that are given by path. */
export function blocksOf(files: Readonly<Record<string, string>>): HclBlock[] {
  return Object.entries(files).flatMap(([path, text]) => {
    const slash = path.lastIndexOf('/');
    const where = { path, module: slash === -1 ? '.' : path.slice(0, slash) };
    const read = path.endsWith('.json') ? readHclJson(text, where) : readHcl(text, where);
    if (read.problems.length > 0) throw new Error(`${path}: ${JSON.stringify(read.problems)}`);
    return [...read.blocks];
  });
}

/** The only root of some files, evaluated for production. */
export function rootOf(files: Readonly<Record<string, string>> | string): Configuration {
  const blocks = blocksOf(typeof files === 'string' ? { 'main.tf': files } : files);
  const roots = evaluateRoots(blocks, { name: 'production', kind: 'production' });
  const [root] = roots;
  if (root === undefined || roots.length > 1) throw new Error(`there are ${roots.length} roots`);
  return root;
}
