import { Command, CommanderError } from 'commander';
import { LaunchgateError } from '../model/errors.ts';
import { visible, visibleLines } from '../report/text/visible.ts';
import { processIo, type ExitCode, type Io } from './io.ts';
import { verbs, type Verb } from './verbs.ts';

/** Runs one command line and answers its exit status: 0 holds, 1 does not hold, 2 could not tell. */
export async function main(argv: readonly string[], io: Io = processIo()): Promise<ExitCode> {
  const name = argv.find((argument) => !argument.startsWith('-'));
  const verb = verbs.find((candidate) => candidate.name === name);
  if (verb !== undefined) return run(verb, argv, io);
  const stranger = argv.find((argument) => argument.startsWith('-') && !WITHOUT_VERB.includes(argument));
  if (stranger !== undefined) return unknown(`option ${stranger} without a verb`, stranger, WITHOUT_VERB, io);
  if (name === 'help') return help(argv, io);
  if (name !== undefined) return unknownVerb(name, io);
  if (argv.includes('--version') || argv.includes('-V')) {
    const { version } = await import('../app/version.ts');
    io.out(version);
    return 0;
  }
  await help(argv, io);
  return argv.length === 0 ? 2 : 0;
}

/** Options that need no verb. */
const WITHOUT_VERB: readonly string[] = ['--help', '-h', '--version', '-V'];

/** `help`, `help VERB`, `help VERB WORD` and `--help`. */
async function help(argv: readonly string[], io: Io): Promise<ExitCode> {
  const [, name, ...words] = argv.filter((argument) => !argument.startsWith('-'));
  const verb = verbs.find((candidate) => candidate.name === name);
  const [word] = words;
  if (verb !== undefined && word !== undefined) {
    const { commands } = (await verb.load())(new Command(verb.name), io, () => undefined);
    const known = commands.map((command) => command.name());
    if (!known.includes(word)) return unknown(`${verb.name} "${word}"`, word, known, io);
  }
  if (verb !== undefined) return run(verb, [verb.name, ...words, '--help'], io);
  if (name !== undefined) return unknownVerb(name, io);
  const { overview } = await import('./help.ts');
  io.out(overview(verbs));
  return 0;
}

function unknownVerb(name: string, io: Io): Promise<ExitCode> {
  const names = [...verbs.map((candidate) => candidate.name), 'help'];
  return unknown(`verb "${name}"`, name, names, io);
}

/** Says that there is no such word, and which one is near it. */
async function unknown(what: string, word: string, known: readonly string[], io: Io): Promise<ExitCode> {
  const { nearest } = await import('../engine/spec/suggest.ts');
  const close = nearest(word, known);
  const meant = close === undefined ? '' : ` Did you mean "${close}"?`;
  io.note(visible(`launchgate: there is no ${what}.${meant} Run "launchgate --help".`));
  return 2;
}

async function run(verb: Verb, argv: readonly string[], io: Io): Promise<ExitCode> {
  const program = new Command('launchgate')
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.note(visibleLines(text.trimEnd())) });
  let code: ExitCode = 0;
  const command = await verb.load();
  const rest = argv.toSpliced(argv.indexOf(verb.name), 1);
  try {
    command(program.command(verb.name).description(verb.summary), io, (status) => {
      code = status;
    });
    nameHelp(program, 'launchgate');
    await program.parseAsync([verb.name, ...rest], { from: 'user' });
    return code;
  } catch (error) {
    return failed(error, io);
  }
}

/** After a mistake each command names its own help, which lists the options that were meant. */
function nameHelp(parent: Command, words: string): void {
  for (const command of parent.commands) {
    const path = `${words} ${command.name()}`;
    command.showHelpAfterError(`Run "${path} --help".`);
    nameHelp(command, path);
  }
}

function failed(error: unknown, io: Io): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof LaunchgateError) {
    io.note(`launchgate: ${visibleLines(error.message)}`);
    if (error.next !== undefined) io.note(visibleLines(error.next));
    return error.code === 'refused' ? 1 : 2;
  }
  if (isOfSystem(error)) {
    io.note(`launchgate: ${visibleLines(error.message)}`);
    io.note(
      error.code === 'ENOSPC'
        ? 'Make room on the disk, then run the command again.'
        : 'Mend the file or its permissions, then run the command again.',
    );
    return 2;
  }
  io.note(`launchgate: ${visibleLines(error instanceof Error ? (error.stack ?? error.message) : String(error))}`);
  io.note('This is a fault in Launchgate itself. Please report it with the lines above.');
  return 2;
}

/** What the operating system refuses, a folder in the place of a file or a full disk, is no fault of Launchgate. */
function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && ('path' in error || error.syscall === 'write');
}
