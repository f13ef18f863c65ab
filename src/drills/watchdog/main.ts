/**
 * Stands beside a run. Its standard input is a pipe that only the run holds open: when that ends, however the run ended, what it has left is
 * taken back. Arguments: the folder of the run, and its id.
 */
import { recoverRun } from '../journal/recover.ts';

/** The kernel closes a dying process's files one after the other: the pipe may end before the lock is given back. */
const PATIENCE_MS = 10_000;

const [folder = '', run = ''] = process.argv.slice(2);
process.stdin.resume();
process.stdin.once('close', () => void recover());

async function recover(): Promise<void> {
  const recovered = await recoverRun(folder, run, 'watchdog', PATIENCE_MS);
  for (const { undo, error } of recovered ?? [])
    process.stdout.write(`${error === undefined ? undo : `${undo}: ${error}`}\n`);
  process.exitCode = recovered?.every(({ error }) => error === undefined) === true ? 0 : 1;
}
