/**
 * Runs a program until it serves, or to its end. What ends it is said in one line on stderr, and the process exits with the `exitCode` of
 * the error (78 for a configuration that cannot be), or 1: what is open already must not keep a process alive that cannot serve.
 */
export async function runProgram(name: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    const { exitCode } = Object(error) as { exitCode?: unknown };
    process.exit(typeof exitCode === 'number' ? exitCode : 1);
  }
}
