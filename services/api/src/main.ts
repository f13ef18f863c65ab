/** `api`: the service, and the commands that come in its image. */
import { ConfigInvalid, EX_CONFIG } from './config/invalid.ts';

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<number | undefined>>> = {
  async serve() {
    const { serve } = await import('./serve/serve.ts');
    await serve(process.env);
    return undefined;
  },
  async migrate(args) {
    const { migrateCommand } = await import('./migrate/command.ts');
    return migrateCommand(args, process.env);
  },
  async denylist(args) {
    const { denylistCommand } = await import('./admin/denylist-command.ts');
    return denylistCommand(args, process.env);
  },
  async retention(args) {
    const { retentionCommand } = await import('./retention/command.ts');
    return retentionCommand(args, process.env);
  },
};

async function main([verb = 'serve', ...args]: readonly string[]): Promise<void> {
  const command = COMMANDS[verb];
  if (command === undefined)
    throw new ConfigInvalid([`command ${JSON.stringify(verb)}: expected ${Object.keys(COMMANDS).join(', ')}`]);
  const code = await command(args);
  if (code !== undefined) process.exitCode = code;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const { exitCode } = Object(error) as { exitCode?: unknown };
  process.stderr.write(`api: ${error instanceof Error ? error.message : String(error)}\n`);
  // What is opened already must not keep a process alive that cannot serve.
  process.exit(error instanceof ConfigInvalid ? EX_CONFIG : typeof exitCode === 'number' ? exitCode : 1);
}
