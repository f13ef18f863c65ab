import type { HclBlock } from '../../../model/document.ts';
import type { HclFile, ReadProblem } from '../stream.ts';
import { body, type Context } from './body.ts';
import { HclSyntaxError, Scanner } from './scanner.ts';
import { splitBlocks } from './split.ts';

export { readHclJson } from './json.ts';
export { applyOverrides } from './overrides.ts';
export { refused } from './refused.ts';

/** Keeps one file within a few hundred milliseconds; fifty thousand lines of Terraform lie within it. */
export const MAX_CHARACTERS = 2 * 1024 * 1024;

/**
 * Reads a `.tf`, `.tofu` or `.tfvars` file into blocks. A top-level block with a syntax error is a problem and no block;
 * the others are read all the same. Never throws.
 */
export function readHcl(text: string, where: { path: string; module: string }): HclFile {
  if (text.length > MAX_CHARACTERS) {
    const message = `the file is longer than ${MAX_CHARACTERS} characters`;
    return { blocks: [], problems: [{ message, line: 1, column: 1 }] };
  }
  const whole = read(text, where, 0);
  if (whole.ok) return whole.file;
  const blocks: HclBlock[] = [];
  const problems: ReadProblem[] = [];
  for (const part of splitBlocks(text)) {
    const { file } = read(part.text, where, part.linesBefore);
    blocks.push(...file.blocks);
    problems.push(...file.problems);
  }
  return { blocks, problems };
}

function read(
  text: string,
  where: { path: string; module: string },
  linesBefore: number,
): { readonly ok: boolean; readonly file: HclFile } {
  const problems: ReadProblem[] = [];
  const context: Context = { ...where, problems, placeOf: placesIn(text, linesBefore) };
  const scanner = new Scanner(text);
  try {
    const { attributes, blocks } = body(scanner, context, 'text');
    const first = Object.values(attributes)[0];
    if (first === undefined) return { ok: true, file: { blocks, problems } };
    const loose = { type: '', labels: [], attributes, blocks: [], module: where.module, origin: first.origin };
    return { ok: true, file: { blocks: [...blocks, loose], problems } };
  } catch (error) {
    if (!(error instanceof HclSyntaxError)) throw error;
    const problem = { message: error.message, ...context.placeOf(error.offset) };
    return { ok: false, file: { blocks: [], problems: [problem] } };
  }
}

/** Line and column of an offset, one-based. */
function placesIn(text: string, linesBefore: number): Context['placeOf'] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1 + linesBefore, column: offset - (starts[low] ?? 0) + 1 };
  };
}
