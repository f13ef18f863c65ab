import { readdirSync } from 'node:fs';
import { Command, type Argument, type Option } from 'commander';
import { openProject } from '../app/check.ts';
import { keyFolder } from '../app/home.ts';
import { findProject } from '../app/project.ts';
import { readSpec } from '../app/read-spec.ts';
import { trustHere } from '../app/trust.ts';
import { catalog } from '../controls/catalog.ts';
import { BUILT_IN_GATES } from '../gate/gates.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Spec } from '../model/spec.ts';
import type { Io } from './io.ts';
import { verbs } from './verbs.ts';

/** What may be typed next, with what it means. */
export interface Suggestion {
  readonly word: string;
  readonly says: string;
}

/** Stands for the names of files, which the shell knows itself. */
export const FILES = ':files';

type Suggestions = readonly (Suggestion | typeof FILES)[];

/** What a shell takes as it is. A name that needs quoting is left for the person to type: it may come out of a repository of others. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** What may stand in the place of the last word of a command line, which is empty where nothing is typed yet. */
export async function suggestions(words: readonly string[], io: Io): Promise<Suggestions> {
  const before = words.slice(0, -1);
  const typed = words.at(-1) ?? '';
  // Bash takes the sign apart from what stands before and behind it.
  if (typed === '=') return suggestions([...before, ''], io);
  const found = await candidates(before, typed, io);
  const fitting = found.filter((one) => one === FILES || (PLAIN.test(one.word) && one.word.startsWith(typed)));
  return [...new Map(fitting.map((one) => [one === FILES ? FILES : one.word, one])).values()];
}

async function candidates(before: readonly string[], typed: string, io: Io): Promise<Suggestions> {
  const [first, ...rest] = before;
  const help = { name: 'help', summary: 'explain a verb' };
  if (first === undefined) {
    if (typed.startsWith('-')) return ['--help', '--version'].map((word) => ({ word, says: '' }));
    return [...verbs, help].map(({ name, summary }) => ({ word: name, says: summary }));
  }
  const isHelp = first === 'help';
  const verb = verbs.find(({ name }) => name === (isHelp ? rest[0] : first));
  if (isHelp && rest.length === 0) return verbs.map(({ name, summary }) => ({ word: name, says: summary }));
  if (verb === undefined) return [];
  const command = (await verb.load())(new Command(verb.name), io, () => undefined);
  if (isHelp) return rest.length > 1 ? [] : subcommands(command);
  return within(command, rest, typed, io);
}

/** Follows the words before the last one to the subcommand, option or argument that the last one belongs to. */
async function within(command: Command, before: readonly string[], typed: string, io: Io): Promise<Suggestions> {
  let here = command;
  let position = 0;
  let asks: Option | undefined;
  for (const word of before) {
    if (word === '=' && asks !== undefined) continue;
    if (word.startsWith('-') && word !== '-') {
      const option = here.options.find(({ short, long }) => short === word || long === word);
      asks = option?.required === true || option?.optional === true ? option : undefined;
      continue;
    }
    if (asks !== undefined) {
      asks = asks.variadic ? asks : undefined;
      continue;
    }
    const inner = position === 0 ? here.commands.find((one) => one.name() === word) : undefined;
    if (inner === undefined) position += 1;
    else here = inner;
  }
  if (typed.startsWith('--') && typed.includes('=')) return joined(typed, here, io);
  if (typed.startsWith('-')) return optionsOf(here, before);
  if (asks !== undefined) return valuesOf(asks.long ?? '', asks, here, io);
  const argument = here.registeredArguments[Math.min(position, here.registeredArguments.length - 1)];
  const isTaken = argument === undefined || (position >= here.registeredArguments.length && !argument.variadic);
  return [
    ...(position === 0 ? subcommands(here) : []),
    ...(isTaken ? [] : await valuesOf(argument.name(), argument, here, io)),
  ];
}

/** `--option=value` in one word, as shells complete it. */
async function joined(typed: string, here: Command, io: Io): Promise<Suggestions> {
  const long = typed.slice(0, typed.indexOf('='));
  const option = here.options.find((one) => one.long === long && (one.required || one.optional));
  const values = option === undefined ? [] : await valuesOf(long, option, here, io);
  return values.map((one) => (one === FILES ? FILES : { ...one, word: `${long}=${one.word}` }));
}

function subcommands(command: Command): Suggestion[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((one) => one.name() !== 'help')
    .map((one) => ({
      word: one.name(),
      says: one.description(),
    }));
}

function optionsOf(command: Command, before: readonly string[]): Suggestion[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .filter(
      ({ short, long, variadic }) =>
        variadic || !before.some((word) => word === short || word.replace(/=.*/s, '') === long),
    )
    .map(({ short, long, description }) => ({ word: long ?? short ?? '', says: description }));
}

/** What an option or an argument takes, by its choices, or else by what it is called. */
async function valuesOf(name: string, of: Option | Argument, command: Command, io: Io): Promise<Suggestions> {
  if (of.argChoices !== undefined) return of.argChoices.map((word) => ({ word, says: '' }));
  const kind = KINDS[`${command.name()} ${name}`] ?? KINDS[name];
  if (kind !== undefined) return kind(io);
  const isPath = /\b(?:file|files|path|folder)\b/.test('flags' in of ? of.flags : of.name());
  return isPath ? [FILES] : [];
}

/** What is known by name, under the options and arguments that take it. */
const KINDS: Readonly<Record<string, (io: Io) => Promise<Suggestions> | Suggestions>> = {
  '--control': controls,
  control: controls,
  'controls id': controls,
  drill: () =>
    controls().filter(({ word }) => catalog.some(({ id, halves }) => id === word && halves.includes('drill'))),
  '--environment': environments,
  'gate --from': environments,
  '--target': async (io) => [{ word: 'lab', says: 'on this machine' }, ...(await environments(io))],
  '--subject': subjects,
  '--gate': gates,
  'gate name': gates,
  gate: gates,
  '--key': keys,
};

function controls(): Suggestion[] {
  return catalog.map(({ id, title }) => ({ word: id, says: title }));
}

async function environments(io: Io): Promise<Suggestion[]> {
  return ((await specHere(io))?.environments ?? []).map(({ name, kind }) => ({ word: name, says: kind }));
}

async function subjects(io: Io): Promise<Suggestion[]> {
  const spec = await specHere(io);
  if (spec === undefined) return [];
  const named = (kind: string, all: readonly { readonly name: string }[]): string[] =>
    all.map(({ name }) => `${kind}/${name}`);
  return [
    ...named('service', spec.services),
    ...named('store', spec.stores),
    ...named('environment', spec.environments),
    `platform/${spec.name}`,
  ].map((word) => ({ word, says: '' }));
}

async function gates(io: Io): Promise<Suggestion[]> {
  const trust = await trustHere(findProject(io.cwd, undefined, undefined), io.env);
  const own = (trust?.policy.policy.gates ?? []).map(({ name }) => name);
  return [...new Set([...BUILT_IN_GATES, ...own])].map((word) => ({ word, says: '' }));
}

function keys(io: Io): Suggestion[] {
  return ['ssh-agent', ...keyNames(keyFolder(io.env))].map((word) => ({ word, says: '' }));
}

function keyNames(folder: string): string[] {
  try {
    return readdirSync(folder).flatMap((file) => /^(.+)\.key$/.exec(file)?.[1] ?? []);
  } catch {
    return [];
  }
}

/** The spec around; none where it cannot be read, which is not the moment to complain of it. */
async function specHere(io: Io): Promise<Spec | undefined> {
  try {
    const project = findProject(io.cwd, undefined, undefined);
    return await readSpec(openProject(project), project);
  } catch (error) {
    if (error instanceof LaunchgateError) return undefined;
    throw error;
  }
}
