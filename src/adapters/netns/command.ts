import { execFile, execFileSync } from 'node:child_process';

/** Runs a tool with an argument array and text for its standard input; answers what it printed. Never goes through a shell. */
export function run(tool: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(tool, args, { timeout: 20_000, maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${tool} ${args.join(' ')}: ${stderr.trim() || error.message}`, { cause: error }));
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** As {@link run}, for the last moments of a process. Failure is of no interest any more. */
export function runLast(tool: string, args: readonly string[]): void {
  try {
    execFileSync(tool, args, { timeout: 5000, stdio: 'ignore' });
  } catch {
    // What is left is swept at the next start.
  }
}
