import type { Command } from 'commander';
import { interruptible } from './interruptible.ts';
import { humanOptions } from './render.ts';
import type { DefineVerb } from './verbs.ts';

interface DemoFlags {
  readonly keep?: string;
  readonly drills: boolean;
  readonly all?: boolean;
}

/** `launchgate demo`. */
export const demo: DefineVerb = (command, io, done): Command =>
  command
    .option('--keep <folder>', 'empty folder for the copy and the reports; default: a new temporary one')
    .option('--no-drills', 'end before the drills in the lab')
    .option('--all', 'every drill there is, some minutes of them')
    .action(async ({ keep, drills, all }: DemoFlags) => {
      const { runDemo } = await import('../app/demo/index.ts');
      await interruptible((signal) =>
        runDemo(
          io.env,
          { ...(keep === undefined ? {} : { keep }), drills: drills ? (all === true ? 'all' : 'few') : 'none', signal },
          { print: (text) => io.out(text), options: humanOptions(io, false), now: () => io.now() },
        ),
      );
      done(0);
    });
