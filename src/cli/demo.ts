import type { Command } from 'commander';
import { humanOptions } from './render.ts';
import type { DefineVerb } from './verbs.ts';

/** `launchgate demo`. */
export const demo: DefineVerb = (command, io, done): Command =>
  command
    .option('--keep <folder>', 'empty folder for the copy and the report; default: a new temporary one')
    .action(async ({ keep }: { keep?: string }) => {
      const { runDemo } = await import('../app/demo/index.ts');
      await runDemo(io.env, keep, {
        print: (text) => io.out(text),
        options: humanOptions(io, false),
        now: () => io.now(),
      });
      done(0);
    });
