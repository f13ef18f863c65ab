import type { Directive } from '../../model/document.ts';
import { DirectiveCollector, LONGEST_LINE, findLine, indentOf, linesOf, type DirectiveFile } from './lines.ts';

const INSTRUCTIONS = new Set([
  'ADD',
  'ARG',
  'CMD',
  'COPY',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'FROM',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'ONBUILD',
  'RUN',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
]);

/** Instructions whose shell form is one argument, however many words it has. */
const COMMANDS = new Set(['RUN', 'CMD', 'ENTRYPOINT', 'HEALTHCHECK', 'MAINTAINER']);

interface Instruction {
  readonly text: string;
  readonly line: number;
  readonly column: number;
  /** Index of the line after it. */
  readonly next: number;
}

/**
 * Reads a Dockerfile: a directive for each instruction, its name in upper case. Its arguments are first its flags (`--mount=…`), then the
 * elements of the exec form, the whole command of the shell form, `NAME=value` pairs of ENV, LABEL and ARG, or words without quotes.
 * Variables stay as written. Parser directives (`syntax`, `escape`, `check`) come first, in lower case.
 * The body of a heredoc is a child `heredoc`; what ONBUILD delays is its child.
 */
export function readDockerfile(text: string, path: string): DirectiveFile {
  const file = new DirectiveCollector(path);
  const lines = linesOf(text);
  let index = readParserDirectives(file, lines);
  const escape = file.directives.find((directive) => directive.name === 'escape')?.args[0] === '`' ? '`' : '\\';
  while (index < lines.length) {
    const instruction = nextInstruction(lines, index, escape);
    if (instruction === undefined) break;
    index = addInstruction(file, lines, instruction, escape);
  }
  return file;
}

/** `# syntax=…` and the like, which count only before anything else. */
function readParserDirectives(file: DirectiveCollector, lines: readonly string[]): number {
  for (const [index, line] of lines.entries()) {
    const [, name, value] =
      /^#[ \t]*(syntax|escape|check)[ \t]*=[ \t]*(\S.*)$/i.exec(line.slice(0, LONGEST_LINE)) ?? [];
    if (name === undefined || value === undefined) return index;
    file.add(name.toLowerCase(), [value.trim()], index + 1, 1);
  }
  return lines.length;
}

/** Joins an instruction over its continued lines, leaving out comments and blank lines in between, as BuildKit does. */
function nextInstruction(lines: readonly string[], from: number, escape: string): Instruction | undefined {
  let start = from;
  while (start < lines.length && isBlankOrComment(lines[start] ?? '')) start += 1;
  if (start >= lines.length) return undefined;
  const parts: string[] = [];
  let index = start;
  for (; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (index > start && isBlankOrComment(line)) continue;
    const trimmed = line.trimEnd();
    const continues = trimmed.endsWith(escape);
    parts.push(continues ? trimmed.slice(0, -1) : line);
    if (!continues) break;
  }
  return { text: parts.join('').trim(), line: start + 1, column: indentOf(lines[start] ?? ''), next: index + 1 };
}

function isBlankOrComment(line: string): boolean {
  return /^\s*(?:#|$)/.test(line);
}

/** Adds an instruction with its heredocs; answers the index of the line after them. */
function addInstruction(
  file: DirectiveCollector,
  lines: readonly string[],
  instruction: Instruction,
  escape: string,
): number {
  const { line, column } = instruction;
  const directive = directiveOf(instruction.text, file.path, line, column, escape);
  if (directive === undefined) {
    file.problem('expected an instruction such as FROM or RUN', line, column);
    return instruction.next;
  }
  const heredocs = takesHeredoc(directive)
    ? readHeredocs(file, lines, instruction)
    : { children: [], next: instruction.next };
  const children = [...(directive.children ?? []), ...heredocs.children];
  file.directives.push(children.length === 0 ? directive : { ...directive, children });
  return heredocs.next;
}

function directiveOf(text: string, path: string, line: number, column: number, escape: string): Directive | undefined {
  const word = /^[A-Za-z]+(?=\s|$)/.exec(text)?.[0];
  const name = word?.toUpperCase();
  if (word === undefined || name === undefined || !INSTRUCTIONS.has(name)) return undefined;
  const origin = { path, line, column };
  const rest = text.slice(word.length).trim();
  if (name === 'ONBUILD') {
    const inner = /^onbuild\b/i.test(rest) ? undefined : directiveOf(rest, path, line, column, escape);
    return { name, args: rest === '' ? [] : [rest], ...(inner === undefined ? {} : { children: [inner] }), origin };
  }
  return { name, args: argumentsOf(name, rest, escape), origin };
}

function argumentsOf(name: string, rest: string, escape: string): string[] {
  const flags: string[] = [];
  let value = rest;
  for (let flag = /^--\S+/.exec(value); flag !== null; flag = /^--\S+/.exec(value)) {
    flags.push(flag[0]);
    value = value.slice(flag[0].length).trimStart();
  }
  const exec = value.startsWith('[') ? execForm(value) : undefined;
  if (exec !== undefined) return [...flags, ...exec];
  if (COMMANDS.has(name)) return value === '' ? flags : [...flags, value];
  const words = splitWords(value, escape);
  const [first] = words;
  const isOldForm = (name === 'ENV' || name === 'LABEL') && first !== undefined && !first.includes('=');
  return isOldForm ? [`${first}=${value.slice(first.length).trim()}`] : [...flags, ...words];
}

function execForm(value: string): string[] | undefined {
  try {
    const parsed = JSON.parse(value) as unknown;
    return Array.isArray(parsed) && parsed.every((item) => typeof item === 'string') ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Words of a line, quotes taken away; a single-quoted part keeps its escapes. */
function splitWords(text: string, escape: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === escape && quote !== "'" && at + 1 < text.length) {
      at += 1;
      word = (word ?? '') + text.charAt(at);
    } else if (quote !== '') {
      if (char === quote) quote = '';
      else word = (word ?? '') + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (!/\s/.test(char)) word = (word ?? '') + char;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}

function takesHeredoc(directive: Directive): boolean {
  return ['RUN', 'COPY', 'ADD'].includes(directive.name) || directive.children?.some(takesHeredoc) === true;
}

/** The bodies that `<<EOF` marks announce, in order; `<<-` takes leading tabs away. */
function readHeredocs(
  file: DirectiveCollector,
  lines: readonly string[],
  instruction: Instruction,
): { children: Directive[]; next: number } {
  const children: Directive[] = [];
  let { next } = instruction;
  const marks = instruction.text
    .slice(0, LONGEST_LINE)
    .matchAll(/(?<![<\d])\d*<<(-?)(["']?)([A-Za-z_][\w.-]*)\2(?=[\s;)|&>]|$)/g);
  for (const [, dash, , mark] of marks) {
    const strip = (line: string): string => (dash === '-' ? line.replace(/^\t+/, '') : line);
    const end = findLine(lines, next, (line) => strip(line) === mark);
    if (end < 0) {
      file.problem(`the heredoc ${mark} is not closed`, instruction.line, instruction.column);
      return { children, next: lines.length };
    }
    const body = lines.slice(next, end).map(strip).join('\n');
    children.push({ name: 'heredoc', args: [body], origin: { path: file.path, line: next + 1, column: 1 } });
    next = end + 1;
  }
  return { children, next };
}
