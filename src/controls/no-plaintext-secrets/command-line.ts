import { formatKind, type Named } from './credential.ts';
import { HINT, strengthOf } from './names.ts';
import { commandsIn } from './shell-words.ts';

/** Options whose names say nothing, of programs that people give passwords to. */
const PASSWORD_OPTIONS: readonly (readonly [program: RegExp, option: RegExp])[] = [
  [/^(?:redis|valkey|keydb)-cli$/, /^-a$/],
  [/^(?:mongo|mongosh|mongodump|mongorestore|mongoexport|mongoimport|sshpass|cqlsh|rabbitmqadmin)$/, /^-p$/],
  [/^nodetool$/, /^-pw$/],
  [/^(?:sqlcmd|bcp)$/, /^-P$/],
  [/^ldap(?:search|add|modify|delete|passwd|whoami)$/, /^-w$/],
  [/^(?:mysql|mysqladmin|mysqldump|mariadb|mariadb-admin|mariadb-dump|sshpass)$/, /^-p(?=.)/],
];

/** Programs whose `login` takes the password as `-p`, which means a port or a project in their other commands. */
const LOGIN_PROGRAMS = /^(?:docker|podman|buildah|nerdctl|skopeo|crane|regctl|oras|helm|az|oc)$/;

/** Options of programs that take `user:password`. */
const LOGIN_OPTIONS: readonly (readonly [program: RegExp, option: RegExp])[] = [
  [/^curl$/, /^(?:-u|--user|--proxy-user)$/],
];

/** Programs that are told settings, each a name and its value, after `set`: `aws configure set NAME VALUE`, `npm config set NAME=VALUE`. */
const SETTERS: readonly (readonly [program: RegExp, verb: string])[] = [
  [/^aws$/, 'configure'],
  [/^(?:npm|pnpm|yarn)$/, 'config'],
];

/** Programs that run the command after them. */
const WRAPPERS = new Set(['exec', 'env', 'sudo', 'time', 'nohup', 'command', 'export', 'then', 'do', '-']);

/** What stands under a name, and which word of the command gave it. */
export interface Argument extends Named {
  readonly index: number;
}

/**
 * What a command gives to names: `--password=…`, `--password …`, `-Ddb.password=…`, `DB_PASSWORD=…`, `redis-cli -a …`; and what its
 * scripts (`sh -c "…"`) give. A word on its own stands under no name.
 */
export function* argumentsIn(words: readonly string[], depth = 0): Generator<Argument> {
  const program = programOf(words);
  const settings = settingsFrom(program, words);
  let isTaken = false;
  for (const [index, word] of words.entries()) {
    const next = words[index + 1] ?? '';
    if (depth < NESTED && isScript(word)) {
      for (const command of commandsIn(word))
        for (const named of argumentsIn(command, depth + 1)) yield { ...named, index };
      continue;
    }
    const isWhole = /\s/.test(word) && formatKind(word) !== undefined;
    const set = index > settings ? [...settingOf(word, next)] : [];
    const logsIn = LOGIN_PROGRAMS.test(program) && words.slice(0, index).includes('login');
    const known = logsIn ? loginOption(program, word, next) : knownOption(program, word, next);
    const own = isWhole ? [] : [...set, ...known, ...optionOf(word, next)];
    if (own.length > 0) for (const named of own) yield { ...named, index };
    else if (!isTaken) yield { name: '', value: word, index };
    isTaken = own.some(({ value }) => value === next);
  }
}

/** A script in a script in an argument. */
const NESTED = 3;

/** What is a credential as a whole, such as a private key, is not taken apart. */
function isScript(word: string): boolean {
  return /\s/.test(word) && HINT.test(word) && formatKind(word) === undefined;
}

function* optionOf(word: string, next: string): Generator<Named> {
  const option = /^-{0,2}(?<name>[A-Za-z_][\w.-]*)=(?<value>.*)$/s.exec(word)?.groups;
  if (option !== undefined) {
    const { name = '', value = '' } = option;
    yield { name, value };
    // `--set=auth.password=…`, `--env=DB_PASSWORD=…`
    if (word.startsWith('-')) yield* optionOf(value, '');
  } else if (/^--?[A-Za-z][\w.-]+$/.test(word) && !next.startsWith('-') && !isSwitch(word))
    yield { name: word.replace(/^-+/, ''), value: next };
}

/** An option that is followed by something of its own, such as `--use-token serve`. */
function isSwitch(option: string): boolean {
  return /^-+(?:no|not|use|enable|disable|disabled|with|without|allow|require|skip|generate|create|rotate|reset|show|print)-/.test(
    option,
  );
}

function* knownOption(program: string, word: string, next: string): Generator<Named> {
  for (const [of, option] of PASSWORD_OPTIONS) {
    const flag = of.test(program) ? option.exec(word)?.[0] : undefined;
    if (flag === undefined) continue;
    yield { name: `${program} ${flag}`, value: word.slice(flag.length) || next, strength: 'sure' };
  }
  for (const [of, option] of LOGIN_OPTIONS) {
    if (!of.test(program) || !option.test(word) || !next.includes(':')) continue;
    yield { name: `${program} ${word}`, value: next.slice(next.indexOf(':') + 1), strength: 'sure' };
  }
}

/** `docker login -u bot -p …`. */
function* loginOption(program: string, word: string, next: string): Generator<Named> {
  if (word === '-p') yield { name: `${program} login -p`, value: next, strength: 'sure' };
}

/** Where the settings of a command begin; nowhere, if it sets none. */
function settingsFrom(program: string, words: readonly string[]): number {
  const verb = SETTERS.find(([of]) => of.test(program))?.[1];
  const at = verb === undefined ? -1 : words.indexOf('set', words.indexOf(verb) + 1);
  return verb !== undefined && words.includes(verb) && at !== -1 ? at : Infinity;
}

/** `default.aws_secret_access_key VALUE`, `//registry.npmjs.org/:_authToken=VALUE`. */
function* settingOf(word: string, next: string): Generator<Named> {
  const { name = '', value = next } = /^(?:\/\/\S*:)?(?<name>[\w.-]+)(?:=(?<value>.*))?$/s.exec(word)?.groups ?? {};
  if (strengthOf(name) !== 'none' && !value.startsWith('-')) yield { name, value };
}

function programOf(words: readonly string[]): string {
  const program = words.find((word) => !WRAPPERS.has(word) && !/^\w+=|^-/.test(word)) ?? '';
  return program.slice(program.lastIndexOf('/') + 1);
}
