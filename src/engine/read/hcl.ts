import type { HclBlock } from '../../model/document.ts';
import type { HclGrammar } from '../../model/world.ts';
import type { ReadProblem } from './stream.ts';

export interface HclFile {
  readonly blocks: readonly HclBlock[];
  readonly problems: readonly ReadProblem[];
}

/** Reads a `.tf` or `.tfvars` file into blocks. What stands beside a syntax error is read all the same. Never throws. */
export function readHcl(_grammar: HclGrammar, _text: string, _where: { path: string; module: string }): HclFile {
  return { blocks: [], problems: [] };
}

/** Reads a `.tf.json` file into the same blocks. */
export function readHclJson(_text: string, _where: { path: string; module: string }): HclFile {
  return { blocks: [], problems: [] };
}
