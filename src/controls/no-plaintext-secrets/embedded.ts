import { isMapping } from '../../model/cursor.ts';
import { argumentsIn } from './command-line.ts';
import type { Named } from './credential.ts';
import { inLine, isCode } from './lines.ts';
import { loginsIn } from './logins.ts';
import { HINT, strengthOf } from './names.ts';
import { registryPassword } from './registry-logins.ts';
import { commandsIn } from './shell-words.ts';

/**
 * What stands under names in a text that is itself a value: a JSON document member by member, any other text line by line, each line as a
 * setting and as a command. The name of the text tells files of logins, and those of what a program says to people.
 */
export function* embeddedIn(text: string, name = ''): Generator<Named> {
  if (text.length > LONGEST_TEXT || !/[\s=:<]/.test(text)) return;
  yield* loginsIn(text, name);
  if (!HINT.test(text)) return;
  const json = parsedJson(text);
  const all = json === undefined ? inLines(text) : inData(json);
  yield* BUNDLE.test(name) ? shown(all) : all;
}

/** A bundle of messages: `messages_de.properties`, `i18n.json`. */
const BUNDLE =
  /(?:^|[._-])(?:i18n|l10n|messages|translations?|locales?|labels)(?:[._-].*)?\.(?:properties|json|ya?ml)$/i;

/** `login.password=Password` names a field there: only what does not read like words is a credential. */
function* shown(all: Iterable<Named>): Generator<Named> {
  for (const named of all) {
    const { strength = strengthOf(named.name) } = named;
    yield { ...named, strength: strength === 'sure' ? 'likely' : strength };
  }
}

const LONGEST_TEXT = 1024 * 1024;

function parsedJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function* inData(value: unknown, name = '', depth = 0): Generator<Named> {
  if (depth > DEEPEST) return;
  if (typeof value === 'string' || typeof value === 'number') yield { name, value: String(value) };
  else if (Array.isArray(value)) for (const item of value) yield* inData(item, name, depth + 1);
  else if (isMapping(value)) yield* inMapping(value, name, depth);
}

/** What people write by hand is rarely deeper than ten. */
const DEEPEST = 24;

function* inMapping(mapping: Readonly<Record<string, unknown>>, name: string, depth: number): Generator<Named> {
  const password = registryPassword(mapping);
  if (password !== undefined) {
    yield { name, value: password, kind: 'a registry login' };
    return;
  }
  const { value: held } = mapping;
  const called = mapping['name'] ?? mapping['type'];
  if (typeof called === 'string' && typeof held === 'string') yield { name: called, value: held };
  for (const [key, member] of Object.entries(mapping)) yield* inData(member, key, depth + 1);
}

function* inLines(text: string): Generator<Named> {
  const lines = text.replaceAll(/\\\r?\n/g, ' ').split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (line.length > LONGEST_LINE || !HINT.test(line) || COMMENT.test(line)) continue;
    yield* inLine(line, lines[index + 1] ?? '');
    for (const command of [...commandsIn(line), listOn(line)])
      for (const named of argumentsIn(command)) if (counts(named)) yield named;
  }
}

/** Of a line that may be a command, or a statement of any language. */
function counts({ name, value, strength = strengthOf(name) }: Named): boolean {
  if (strength === 'none') return value.includes('=');
  return !isCode(value) && value !== name;
}

const LONGEST_LINE = 4096;
/** A line that explains. One of npm's settings starts with the address of a registry. */
const COMMENT = /^\s*(?:#|;|\/\/(?!\S+:_)|--\s|<!--|\*\s)/;

/** The elements of a list that stands on one line, such as `args: ["--password", "…"]`. */
function listOn(line: string): string[] {
  const list = /^\s*(?:-\s+)?["']?[\w-]+["']?\s*[:=]\s*\[(?<list>.*)\],?\s*$/.exec(line)?.groups?.['list'] ?? '';
  return [...list.matchAll(/"(?<double>(?:\\.|[^"\\])*)"|'(?<single>[^']*)'|(?<bare>[^\s,"']+)/g)].map(
    ({ groups }) => groups?.['double'] ?? groups?.['single'] ?? groups?.['bare'] ?? '',
  );
}
