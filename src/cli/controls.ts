import { Option, type Command } from 'commander';
import { controlOf } from '../app/known-controls.ts';
import type { DefineVerb } from './verbs.ts';
import { humanOptions } from './render.ts';

const EXAMPLES = `
Examples
  launchgate controls                      the whole catalog, by stage
  launchgate controls disruption-budget    one control: why, limits, params
  launchgate controls -f json | jq '.controls[] | select(.launch)'`;

/** `launchgate controls [ID]`. */
export const controls: DefineVerb = (command, io, done): Command =>
  command
    .argument('[id]', 'the control to explain')
    .addOption(
      new Option('-f, --format <format>', 'how to print').choices(['human', 'json', 'markdown']).default('human'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (id: string | undefined, { format }: { format: string }) => {
      const { catalog, controls: built } = await import('../controls/catalog.ts');
      if (id === undefined) {
        const { renderCatalog } = await import('../report/catalog/index.ts');
        io.out(renderCatalog(catalog, new Set(built.map(({ meta }) => meta.id)), format, humanOptions(io, false)));
        return done(0);
      }
      const meta = await controlOf(id);
      const { explainControl } = await import('../app/explain-control.ts');
      io.out(
        await explainControl(
          meta,
          built.find((candidate) => candidate.meta.id === id),
          format,
          humanOptions(io, true),
        ),
      );
      done(0);
    });
