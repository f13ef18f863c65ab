import type { HclExpression, HclLoop } from '../../../model/hcl.ts';
import { LEVEL, nextOperator } from './operators.ts';
import { MAX_DEPTH, Scanner } from './scanner.ts';
import { bareTemplate, heredoc, quoted, type Inner } from './template.ts';

const WORDS: ReadonlyMap<string, HclExpression> = new Map(
  [true, false, null].map((value) => [String(value), { kind: 'literal', value }]),
);

const ELEMENT: HclExpression = { kind: 'element' };

const INNER: Inner = { expression, loopHead };

/** The expression that a string of Terraform's JSON syntax stands for. */
export function templateOf(text: string): HclExpression {
  return bareTemplate(new Scanner(text), INNER);
}

/** Reads one expression, white space before it skipped. */
export function expression(scanner: Scanner): HclExpression {
  return scanner.nested(() => {
    const condition = operation(scanner, 1);
    scanner.space();
    if (!scanner.take('?')) return condition;
    const yes = expression(scanner);
    scanner.space();
    scanner.expect(':');
    return { kind: 'conditional', condition, yes, no: expression(scanner) };
  });
}

/** Operands and operators that bind at least as tightly as the level. */
function operation(scanner: Scanner, level: number): HclExpression {
  let left = unary(scanner);
  for (let length = 0; ; length += 1) {
    scanner.space();
    const operator = nextOperator(scanner);
    if (operator === undefined || LEVEL[operator] < level) return left;
    demandLength(scanner, length);
    scanner.at += operator.length;
    left = { kind: 'binary', operator, left, right: operation(scanner, LEVEL[operator] + 1) };
  }
}

function unary(scanner: Scanner): HclExpression {
  scanner.space();
  const operator = scanner.looksAt('-') ? '-' : scanner.looksAt('!') ? '!' : undefined;
  if (operator === undefined) return steps(scanner, term(scanner), 'all');
  scanner.at += 1;
  return { kind: 'unary', operator, operand: scanner.nested(() => unary(scanner)) };
}

/** What follows a term: `.name`, `.0`, `[key]`, `.*` and `[*]`. After `.*` only attributes belong to each element. */
function steps(scanner: Scanner, from: HclExpression, which: 'all' | 'attributes'): HclExpression {
  let result = from;
  for (let length = 0; ; length += 1) {
    scanner.space();
    demandLength(scanner, length);
    const { code } = scanner;
    if (code === 46 && !scanner.looksAt('...')) {
      scanner.at += 1;
      result = attribute(scanner, result);
    } else if (which === 'all' && code === 91) {
      scanner.at += 1;
      result = bracketed(scanner, result);
    } else return result;
  }
}

function attribute(scanner: Scanner, of: HclExpression): HclExpression {
  scanner.space();
  if (scanner.take('*')) return { kind: 'splat', of, each: steps(scanner, ELEMENT, 'attributes') };
  const name = scanner.identifier();
  if (name !== undefined) return { kind: 'attribute', of, name };
  const start = scanner.at;
  while (scanner.code >= 48 && scanner.code <= 57) scanner.at += 1;
  if (scanner.at === start) scanner.fail('expected the name of an attribute');
  return { kind: 'index', of, key: { kind: 'literal', value: Number(scanner.text.slice(start, scanner.at)) } };
}

function bracketed(scanner: Scanner, of: HclExpression): HclExpression {
  return scanner.nested(() => {
    const key = scanner.within(true, () => {
      scanner.space();
      const found = scanner.take('*') ? undefined : expression(scanner);
      scanner.space();
      scanner.expect(']');
      return found;
    });
    if (key === undefined) return { kind: 'splat', of, each: steps(scanner, ELEMENT, 'all') };
    return { kind: 'index', of, key };
  });
}

function term(scanner: Scanner): HclExpression {
  const { code } = scanner;
  if (code === 34) return quoted(scanner, INNER);
  if (code >= 48 && code <= 57) return numeric(scanner);
  if (scanner.take('(')) return closed(scanner, ')', () => expression(scanner));
  if (scanner.take('[')) return closed(scanner, ']', () => tuple(scanner));
  if (scanner.take('{')) return object(scanner);
  if (scanner.looksAt('<<')) return heredoc(scanner, INNER);
  const name = qualified(scanner);
  if (name === undefined) return scanner.fail('expected a value');
  if (scanner.take('(')) return closed(scanner, ')', () => call(scanner, name));
  return WORDS.get(name) ?? { kind: 'name', name };
}

/** A name, or that of a function that a provider defines: `provider::aws::arn_parse`. */
function qualified(scanner: Scanner): string | undefined {
  let name = scanner.identifier();
  while (name !== undefined && scanner.take('::')) {
    const more = scanner.identifier();
    if (more === undefined) scanner.fail('expected the name of a function');
    name = `${name}::${more}`;
  }
  return name;
}

function numeric(scanner: Scanner): HclExpression {
  const start = scanner.at;
  const value = Number(scanner.number());
  if (!Number.isFinite(value)) scanner.fail('the number is too large', start);
  return { kind: 'literal', value };
}

/** Reads up to a closing bracket, line breaks being white space. */
function closed(scanner: Scanner, bracket: string, read: () => HclExpression): HclExpression {
  return scanner.within(true, () => {
    const result = read();
    scanner.space();
    scanner.expect(bracket);
    return result;
  });
}

function call(scanner: Scanner, name: string): HclExpression {
  const args: HclExpression[] = [];
  let spread = false;
  for (;;) {
    scanner.space();
    if (scanner.looksAt(')')) break;
    args.push(expression(scanner));
    scanner.space();
    spread = scanner.take('...');
    scanner.space();
    if (spread || !scanner.take(',')) break;
  }
  return { kind: 'call', name, args, spread };
}

function tuple(scanner: Scanner): HclExpression {
  const head = loop(scanner);
  if (head !== undefined) {
    const value = expression(scanner);
    return { kind: 'for-tuple', loop: withCondition(scanner, head), value };
  }
  const items: HclExpression[] = [];
  for (;;) {
    scanner.space();
    if (scanner.looksAt(']')) break;
    items.push(expression(scanner));
    scanner.space();
    if (!scanner.take(',')) break;
  }
  return { kind: 'tuple', items };
}

function object(scanner: Scanner): HclExpression {
  const head = scanner.within(true, () => loop(scanner));
  if (head !== undefined) return closed(scanner, '}', () => objectLoop(scanner, head));
  return scanner.within(false, () => {
    const items: [HclExpression, HclExpression][] = [];
    for (;;) {
      scanner.blank();
      if (scanner.take('}')) return { kind: 'object', items };
      items.push([objectKey(scanner), expression(scanner)]);
      scanner.space();
      if (scanner.take(',') || scanner.code === 10) continue;
      scanner.blank();
      scanner.expect('}');
      return { kind: 'object', items };
    }
  });
}

/** A bare word is its own name. */
function objectKey(scanner: Scanner): HclExpression {
  const start = scanner.at;
  const word = scanner.identifier();
  scanner.space();
  if (word !== undefined && separated(scanner)) return { kind: 'literal', value: word };
  scanner.at = start;
  const key = expression(scanner);
  scanner.space();
  if (!separated(scanner)) scanner.fail('expected "=" after the key');
  return key;
}

function separated(scanner: Scanner): boolean {
  return !scanner.looksAt('==') && (scanner.take('=') || scanner.take(':'));
}

function objectLoop(scanner: Scanner, head: HclLoop): HclExpression {
  const key = expression(scanner);
  scanner.space();
  scanner.expect('=>');
  const value = expression(scanner);
  scanner.space();
  const grouped = scanner.take('...');
  return { kind: 'for-object', loop: withCondition(scanner, head), key, value, grouped };
}

/** `for key, value in of :`; nothing is taken where no `for` stands. */
function loop(scanner: Scanner): HclLoop | undefined {
  const start = scanner.at;
  scanner.space();
  if (scanner.identifier() !== 'for') {
    scanner.at = start;
    return undefined;
  }
  const head = loopHead(scanner);
  scanner.space();
  scanner.expect(':');
  return head;
}

/** `key, value in of`, as it stands after `for`. */
function loopHead(scanner: Scanner): HclLoop {
  const [first, second] = [bound(scanner), scanner.take(',') ? bound(scanner) : undefined];
  if (scanner.identifier() !== 'in') scanner.fail('expected "in"');
  const of = expression(scanner);
  return second === undefined ? { value: first, of } : { key: first, value: second, of };
}

function bound(scanner: Scanner): string {
  scanner.space();
  const name = scanner.identifier();
  if (name === undefined) scanner.fail('expected the name that "for" binds');
  scanner.space();
  return name;
}

function withCondition(scanner: Scanner, head: HclLoop): HclLoop {
  scanner.space();
  const start = scanner.at;
  if (scanner.identifier() === 'if') return { ...head, condition: expression(scanner) };
  scanner.at = start;
  return head;
}

function demandLength(scanner: Scanner, length: number): void {
  if (length > MAX_DEPTH) scanner.fail(`the expression has more than ${MAX_DEPTH} parts in a row`);
}
