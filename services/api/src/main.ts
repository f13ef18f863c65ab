/** `api`: the service, and the commands that come in its image. */
import { ConfigInvalid, runProgram } from '@launchgate/runtime/config';

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

await runProgram('api', () => main(process.argv.slice(2)));
