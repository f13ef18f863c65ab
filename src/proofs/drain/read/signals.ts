import type { Cursor } from '../../../model/cursor.ts';
import type { DrainInput } from '../types.ts';

/**
 * A shell that stays while its commands run passes no signal on, unless it traps it or replaces itself by `exec`: as process 1 it ignores
 * SIGTERM, behind an init that signals nothing but its child it dies of it, and the program with it. A single simple command is left
 * alone: most shells replace themselves by it.
 */
export function swallowedBy(container: Cursor): DrainInput['swallowed'] {
  const command = container.get('command');
  const args = container.get('args');
  const { init, words } = withoutInit([...command.strings(), ...args.strings()], container);
  if (init === 'signals all' || !SHELL.test(words[0] ?? '')) return undefined;
  const flag = words.findIndex((word, index) => index > 0 && /^-[a-z]*c$/.test(word));
  const script = flag === -1 ? '' : (words[flag + 1] ?? '');
  if (!staysFor(script)) return undefined;
  return {
    command: script.length > 60 ? `${script.slice(0, 60)}…` : script,
    ...(init !== undefined && { behind: init }),
    origin: (command.exists ? command : args).origin,
  };
}

const SHELL = /^(?:\/(?:usr\/)?bin\/)?(?:ba|da|a)?sh$/;

interface Started {
  /** What stands in front and signals one process, or that it signals them all. */
  readonly init?: string;
  readonly words: readonly string[];
}

/**
 * tini signals its child, and all processes of its group with `-g`; dumb-init signals them all unless it is told not to.
 * https://github.com/krallin/tini#process-group-killing https://github.com/Yelp/dumb-init#session-behavior
 */
function withoutInit(words: readonly string[], container: Cursor): Started {
  const name = /^(?:.*\/)?(tini|docker-init|dumb-init)(?:-static)?(?:-[a-z\d]+)?$/.exec(words[0] ?? '')?.[1];
  if (name === undefined) return { words };
  const isDumb = name === 'dumb-init';
  const { options, rest } = optionsOf(words.slice(1), isDumb ? /^(?:-r|--rewrite)$/ : /^-[a-z]*[pe]$/i);
  const variable = variableOf(container, isDumb ? 'DUMB_INIT_SETSID' : 'TINI_KILL_PROCESS_GROUP');
  const toOne = isDumb
    ? variable === '0' || options.some((option) => /^(?:-[a-z]*c[a-z]*|--single-child)$/i.test(option))
    : variable === undefined && !options.some((option) => /^-[a-z]*g/i.test(option));
  return { init: toOne ? name : 'signals all', words: rest };
}

/** The options in front of a command; those that `takes` matches have a value. */
function optionsOf(words: readonly string[], takes: RegExp): { options: readonly string[]; rest: readonly string[] } {
  let at = 0;
  while (words[at]?.startsWith('-') === true && words[at] !== '--') at += takes.test(words[at] ?? '') ? 2 : 1;
  return { options: words.slice(0, at), rest: words.slice(words[at] === '--' ? at + 1 : at) };
}

/** The value of a variable, `$…` where it comes from elsewhere. */
function variableOf(container: Cursor, name: string): string | undefined {
  const variable = container
    .get('env')
    .items()
    .find((entry) => entry.get('name').string() === name);
  return variable && (variable.get('value').string() ?? '$…');
}

/** Whether a shell is there until all of the script has run: there are several commands, or a pipe or `&` makes it wait. */
function staysFor(script: string): boolean {
  const plain = unquoted(script);
  const pipelines = plain
    .split(/\n|;|&&|\|\||(?<![<>&])&(?![>&])/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (/\btrap\b/.test(plain) || pipelines.some((part) => !part.includes('|') && /(?:^|\s)exec\s/.test(part)))
    return false;
  return pipelines.length > 1 || plain.includes('|') || /(?<![<>&])&\s*$/.test(plain);
}

/** A script without comments and with nothing in quotes, in `$(…)` or between the patterns of a `case` that would look like an operator. */
function unquoted(script: string): string {
  return script
    .replaceAll(/\\[^]|'[^']*'|"(?:\\[^]|[^"\\])*"|`[^`]*`/g, '_')
    .replaceAll(/[$<>]\([^()]*\)/g, '_')
    .replaceAll(/(?<=^|\s)#.*$/gm, '')
    .replaceAll(/\|(?=[^\s()|]*\))/g, '_');
}
