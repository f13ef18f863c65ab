import type { HclExpression, HclLoop } from '../../../model/hcl.ts';
import { NEWLINE, type Scanner } from './scanner.ts';

/** What stands between the braces of a template; the reader of expressions hands itself in. */
export interface Inner {
  expression(scanner: Scanner): HclExpression;
  /** `key, value in of`. */
  loopHead(scanner: Scanner): HclLoop;
}

/** Text, an expression, or a directive whose head has been read. `trim`: white space on that side goes away. */
type Part =
  | { readonly is: 'text'; value: string; readonly startsLine: boolean }
  | { readonly is: 'value'; readonly value: HclExpression; readonly trims: Trims }
  | { readonly is: 'directive'; readonly word: string; readonly head?: HclExpression; readonly trims: Trims };

interface Trims {
  readonly before: boolean;
  readonly after: boolean;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

/** `"…"`, up to and with the closing quote. */
export function quoted(scanner: Scanner, inner: Inner): HclExpression {
  return scanner.nested(() => {
    const start = scanner.at;
    scanner.expect('"');
    const parts: Part[] = [];
    let text = '';
    for (;;) {
      const { code } = scanner;
      if (scanner.atEnd || code === NEWLINE) scanner.fail('the string is not closed', start);
      if (code === 34) break;
      if (code === 92) text += escape(scanner);
      else if (opensMarker(scanner)) {
        parts.push({ is: 'text', value: text, startsLine: false }, marker(scanner, inner));
        text = '';
      } else text += plain(scanner, /["\\\n$%]/g);
    }
    scanner.at += 1;
    parts.push({ is: 'text', value: text, startsLine: false });
    return assemble(scanner, parts);
  });
}

/** `<<EOT` or `<<-EOT`, up to the end of the closing marker; the line break after it stays. */
export function heredoc(scanner: Scanner, inner: Inner): HclExpression {
  return scanner.nested(() => {
    const start = scanner.at;
    scanner.expect('<<');
    const flush = scanner.take('-');
    scanner.space();
    const name = scanner.identifier();
    if (name === undefined) return scanner.fail('expected the marker of a heredoc');
    scanner.take('\r');
    if (scanner.code !== NEWLINE) scanner.fail('expected a line break after the marker');
    scanner.at += 1;
    const parts: Part[] = [];
    while (!closes(scanner, name)) {
      if (scanner.atEnd) scanner.fail(`the heredoc ${name} is not closed`, start);
      line(scanner, inner, parts);
    }
    if (flush) unindent(parts);
    return assemble(scanner, parts);
  });
}

/** The parts of a string of Terraform's JSON syntax, which is a template without quotes or escapes of its own. */
export function bareTemplate(scanner: Scanner, inner: Inner): HclExpression {
  const parts: Part[] = [];
  while (!scanner.atEnd) line(scanner, inner, parts);
  return assemble(scanner, parts);
}

/** One line of a heredoc, its line break included; an interpolation may take it over several. */
function line(scanner: Scanner, inner: Inner, parts: Part[]): void {
  let text = '';
  let startsLine = true;
  while (!scanner.atEnd) {
    if (scanner.code === NEWLINE) {
      scanner.at += 1;
      text = `${text.endsWith('\r') ? text.slice(0, -1) : text}\n`;
      break;
    }
    if (opensMarker(scanner)) {
      if (text !== '' || startsLine) parts.push({ is: 'text', value: text, startsLine });
      parts.push(marker(scanner, inner));
      text = '';
      startsLine = false;
    } else text += plain(scanner, /[\n$%]/g);
  }
  if (text !== '') parts.push({ is: 'text', value: text, startsLine });
}

function closes(scanner: Scanner, name: string): boolean {
  const end = scanner.text.indexOf('\n', scanner.at);
  const whole = scanner.text.slice(scanner.at, end === -1 ? undefined : end);
  if (whole.length < name.length || whole.trim() !== name) return false;
  scanner.at += whole.trimEnd().length;
  return true;
}

/** Text up to the next character that may mean something; `$${` and `%%{` stand for `${` and `%{`. */
function plain(scanner: Scanner, stop: RegExp): string {
  const { text, at } = scanner;
  if (text.startsWith('$${', at) || text.startsWith('%%{', at)) {
    scanner.at += 3;
    return text.slice(at + 1, at + 3);
  }
  stop.lastIndex = at + 1;
  const next = stop.exec(text)?.index ?? text.length;
  scanner.at = next;
  return text.slice(at, next);
}

function opensMarker({ code, text, at }: Scanner): boolean {
  return (code === 36 || code === 37) && text.charCodeAt(at + 1) === 123;
}

function escape(scanner: Scanner): string {
  const start = scanner.at;
  const kind = scanner.text[start + 1] ?? '';
  const simple = ESCAPES[kind];
  if (simple !== undefined) {
    scanner.at += 2;
    return simple;
  }
  const length = kind === 'u' ? 4 : kind === 'U' ? 8 : 0;
  const digits = scanner.text.slice(start + 2, start + 2 + length);
  const code = Number.parseInt(digits, 16);
  if (length === 0 || digits.length < length || !/^[0-9a-fA-F]+$/.test(digits) || code > 0x10_ff_ff)
    scanner.fail('the escape is unknown');
  scanner.at += 2 + length;
  return String.fromCodePoint(code);
}

/** `${ expression }`, `%{ if … }`, `%{ for … }` and what ends them, with the marks that trim white space beside them. */
function marker(scanner: Scanner, inner: Inner): Part {
  return scanner.within(true, () =>
    scanner.nested(() => {
      const isDirective = scanner.looksAt('%');
      scanner.at += 2;
      const before = scanner.take('~');
      scanner.space();
      const read = isDirective ? directive(scanner, inner) : { is: 'value' as const, value: inner.expression(scanner) };
      scanner.space();
      const after = scanner.take('~');
      scanner.expect('}');
      return { ...read, trims: { before, after } };
    }),
  );
}

function directive(scanner: Scanner, inner: Inner): { is: 'directive'; word: string; head?: HclExpression } {
  const start = scanner.at;
  const word = scanner.identifier() ?? '';
  if (word === 'if') return { is: 'directive', word, head: inner.expression(scanner) };
  if (word === 'for') {
    const loop = inner.loopHead(scanner);
    return { is: 'directive', word, head: { kind: 'template-for', loop, body: { kind: 'literal', value: '' } } };
  }
  if (!['else', 'endif', 'endfor'].includes(word)) scanner.fail('expected if, else, endif, for or endfor', start);
  return { is: 'directive', word };
}

/** Takes from every line the white space that all lines with something in them share. */
function unindent(parts: readonly Part[]): void {
  const lines = parts.filter(
    (part) => part.is === 'text' && part.startsLine && !(part.value.trim() === '' && part.value.endsWith('\n')),
  ) as (Part & { is: 'text' })[];
  const indents = lines.map(({ value }) => value.search(/\S|$/));
  const indent = indents.reduce((least, next) => Math.min(least, next), Number.POSITIVE_INFINITY);
  for (const part of lines) part.value = part.value.slice(indent);
}

function assemble(scanner: Scanner, parts: readonly Part[]): HclExpression {
  const queue = trimmed(parts);
  const read = sequence(scanner, queue, []);
  if (queue.length > 0) scanner.fail('the directive closes nothing');
  return read;
}

function trimmed(parts: readonly Part[]): Part[] {
  return parts
    .map((part, index) => {
      if (part.is !== 'text') return part;
      const [previous, next] = [parts[index - 1], parts[index + 1]];
      let { value } = part;
      if (previous !== undefined && previous.is !== 'text' && previous.trims.after) value = value.trimStart();
      if (next !== undefined && next.is !== 'text' && next.trims.before) value = value.trimEnd();
      return { ...part, value };
    })
    .filter((part) => part.is !== 'text' || part.value !== '');
}

/** Parts up to a directive of `ends`, which stays in the queue. */
function sequence(scanner: Scanner, queue: Part[], ends: readonly string[]): HclExpression {
  const parts: HclExpression[] = [];
  for (let part = queue[0]; part !== undefined; part = queue[0]) {
    if (part.is === 'directive' && !['if', 'for'].includes(part.word)) {
      if (!ends.includes(part.word)) scanner.fail(`the directive ${part.word} closes nothing`);
      return joined(parts);
    }
    queue.shift();
    if (part.is === 'text') parts.push({ kind: 'literal', value: part.value });
    else if (part.is === 'value') parts.push(part.value);
    else parts.push(scanner.nested(() => directed(scanner, part.word, part.head, queue)));
  }
  if (ends.length > 0) scanner.fail(`expected the directive ${ends.at(-1) ?? ''}`);
  return joined(parts);
}

function directed(scanner: Scanner, word: string, head: HclExpression | undefined, queue: Part[]): HclExpression {
  if (head?.kind === 'template-for' && word === 'for') {
    const body = asText(sequence(scanner, queue, ['endfor']));
    queue.shift();
    return { ...head, body };
  }
  const yes = asText(sequence(scanner, queue, ['else', 'endif']));
  const closing = queue.shift();
  const hasElse = closing?.is === 'directive' && closing.word === 'else';
  const no: HclExpression = hasElse ? asText(sequence(scanner, queue, ['endif'])) : { kind: 'literal', value: '' };
  if (hasElse) queue.shift();
  return { kind: 'conditional', condition: head ?? { kind: 'literal', value: false }, yes, no };
}

/** The body of a directive is text even where it is one interpolation alone. */
function asText(body: HclExpression): HclExpression {
  return body.kind === 'literal' || body.kind === 'template' ? body : { kind: 'template', parts: [body] };
}

function joined(parts: readonly HclExpression[]): HclExpression {
  const merged: HclExpression[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    const isText = part.kind === 'literal' && typeof part.value === 'string';
    if (isText && last?.kind === 'literal' && typeof last.value === 'string')
      merged[merged.length - 1] = { kind: 'literal', value: last.value + part.value };
    else merged.push(part);
  }
  const [only, second] = merged;
  if (only === undefined) return { kind: 'literal', value: '' };
  return second === undefined ? only : { kind: 'template', parts: merged };
}
