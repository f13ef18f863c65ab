import { styleText } from 'node:util';

/** What a command may touch of its surroundings; tests give their own. */
export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Data: the answer, and nothing else. */
  out(text: string): void;
  /** Progress and notes. */
  note(text: string): void;
  readonly outIsTerminal: boolean;
  readonly noteIsTerminal: boolean;
  /** Columns of the terminal, 80 where unknown. */
  readonly columns: number;
  now(): Date;
}

/** What a person knows about it: 0 holds, 1 does not hold, 2 could not tell. */
export type ExitCode = 0 | 1 | 2;

export function processIo(): Io {
  const { stdout, stderr } = process;
  stdout.on('error', (error) => leave(error, (text) => void stderr.write(text)));
  stderr.on('error', (error) => leave(error, () => undefined));
  return {
    cwd: workingFolder((text) => void stderr.write(text)),
    env: process.env,
    out: (text) => void stdout.write(text.endsWith('\n') ? text : `${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    outIsTerminal: stdout.isTTY === true,
    noteIsTerminal: stderr.isTTY === true,
    columns: widthOf(stdout.columns) ?? widthOf(Number(process.env['COLUMNS'])) ?? 80,
    now: () => new Date(),
  };
}

/** A terminal that was not told its size says it has none. */
function widthOf(columns: number | undefined): number | undefined {
  return columns !== undefined && columns > 0 ? columns : undefined;
}

/** A shell may stand in a folder that was removed under it: nothing can be read from there, and nothing is decided. */
function workingFolder(say: (text: string) => void): string {
  try {
    return process.cwd();
  } catch {
    say(
      'launchgate: the working folder is not there any more\nChange to a folder that is there, and run the command again.\n',
    );
    process.exit(2);
  }
}

/**
 * Whoever reads the pipe may stop reading (`launchgate check | head`): that is no fault. An answer that could not be written, on a full disk
 * say, is none, whatever it was.
 */
function leave(error: NodeJS.ErrnoException, say: (text: string) => void): never {
  if (error.code !== 'EPIPE') say(`launchgate: the answer could not be written: ${error.message}\n`);
  process.exit(2);
}

/** Whether output should be coloured: https://no-color.org, then FORCE_COLOR, then whether it is a terminal. */
export function wantsColor(io: Io): boolean {
  if ((io.env['NO_COLOR'] ?? '') !== '') return false;
  const forced = io.env['FORCE_COLOR'] ?? '';
  if (forced !== '') return forced !== '0' && forced !== 'false';
  return io.outIsTerminal && io.env['TERM'] !== 'dumb';
}

/** Shows what is being done once it takes longer than a second; silent when nobody watches. */
export async function withProgress<T>(io: Io, label: string, work: () => Promise<T>): Promise<T> {
  if (!io.noteIsTerminal) return work();
  const timer = setTimeout(() => io.note(styleText('dim', `${label} …`, { validateStream: false })), 1000);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}
