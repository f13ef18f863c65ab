import type { HclAttribute, HclBlock } from '../../../model/document.ts';
import { literalOf } from '../../../model/hcl.ts';
import type { ReadProblem } from '../stream.ts';
import { expression } from './expression.ts';
import { NEWLINE, type Scanner } from './scanner.ts';
import { quoted } from './template.ts';

/** What a body belongs to, and where problems that do not end the reading go. */
export interface Context {
  readonly path: string;
  readonly module: string;
  readonly problems: ReadProblem[];
  placeOf(offset: number): { readonly line: number; readonly column: number };
}

export interface Body {
  readonly attributes: Readonly<Record<string, HclAttribute>>;
  readonly blocks: readonly HclBlock[];
}

/** Reads attributes and blocks up to the end, or up to the brace that closes the body. Throws {@link HclSyntaxError}. */
export function body(scanner: Scanner, context: Context, end: 'text' | 'brace'): Body {
  const attributes = new Map<string, HclAttribute>();
  const blocks: HclBlock[] = [];
  for (;;) {
    scanner.blank();
    if (end === 'brace' && scanner.take('}')) break;
    if (scanner.atEnd && end === 'text') break;
    const start = scanner.at;
    const name = scanner.identifier();
    if (name === undefined) scanner.fail(scanner.atEnd ? 'expected "}"' : 'expected an attribute or a block');
    scanner.space();
    if (!scanner.looksAt('==') && scanner.take('='))
      keep(attributes, name, attribute(scanner, context, start), context);
    else blocks.push(block(scanner, context, name, start));
    demandBreak(scanner, end);
  }
  return { attributes: Object.fromEntries(attributes), blocks };
}

function keep(attributes: Map<string, HclAttribute>, name: string, made: HclAttribute, { problems }: Context): void {
  const earlier = attributes.get(name)?.origin.line;
  if (earlier === undefined) attributes.set(name, made);
  else {
    const { line = 1, column = 1 } = made.origin;
    problems.push({ message: `the attribute ${name} is given twice, first on line ${earlier}`, line, column });
  }
}

function attribute(scanner: Scanner, context: Context, start: number): HclAttribute {
  scanner.space();
  const from = scanner.at;
  const read = expression(scanner);
  scanner.space();
  const literal = literalOf(read);
  return {
    text: scanner.text.slice(from, scanner.tokenEnd),
    ...(literal === undefined ? {} : { literal: literal.value }),
    expression: read,
    origin: { path: context.path, ...context.placeOf(start) },
  };
}

function block(scanner: Scanner, context: Context, type: string, start: number): HclBlock {
  const labels: string[] = [];
  for (;;) {
    scanner.space();
    const label = scanner.looksAt('"') ? quotedLabel(scanner) : scanner.identifier();
    if (label === undefined) break;
    labels.push(label);
  }
  scanner.expect('{');
  return {
    type,
    labels,
    ...scanner.nested(() => body(scanner, context, 'brace')),
    module: context.module,
    origin: { path: context.path, ...context.placeOf(start) },
  };
}

function quotedLabel(scanner: Scanner): string {
  const start = scanner.at;
  const label = quoted(scanner, { expression, loopHead: () => scanner.fail('a label is no template', start) });
  if (label.kind !== 'literal') scanner.fail('a label is no template', start);
  return String(label.value);
}

/** Each attribute and block ends its line; the last may share it with the closing brace. */
function demandBreak(scanner: Scanner, end: 'text' | 'brace'): void {
  scanner.space();
  if (scanner.atEnd || scanner.code === NEWLINE || (end === 'brace' && scanner.looksAt('}'))) return;
  scanner.fail('expected a line break');
}
