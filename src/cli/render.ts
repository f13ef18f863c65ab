import type { Checked } from '../app/check.ts';
import type { HumanOptions } from '../report/context.ts';
import { ansiStyle, plainStyle } from '../report/text/style.ts';
import { wantsColor, type Io } from './io.ts';

/** The answer of `check` in the format that was asked for; each format's code is loaded only when it is used. */
export async function renderFor(format: string, checked: Checked, io: Io, verbose: boolean): Promise<string> {
  const { report } = checked;
  if (format === 'json') return (await import('../report/check/json.ts')).renderCheckJson(report);
  if (format === 'junit') return (await import('../report/check/junit.ts')).renderCheckJunit(report);
  const context = await contextFor(checked, format);
  switch (format) {
    case 'sarif':
      return (await import('../report/check/sarif.ts')).renderCheckSarif(report, context);
    case 'markdown':
      return (await import('../report/check/markdown.ts')).renderCheckMarkdown(report, context);
    case 'html':
      return (await import('../report/check/html.ts')).renderCheckHtml(report, context);
    default:
      return (await import('../report/check/human.ts')).renderCheckHuman(report, context, humanOptions(io, verbose));
  }
}

/** How human output is laid out on this terminal. */
export function humanOptions(io: Io, verbose: boolean): HumanOptions {
  return { width: io.columns, style: wantsColor(io) ? ansiStyle : plainStyle, verbose };
}

/** An empty folder has nothing to explain: the catalog stays unloaded. SARIF addresses files from the top of the work tree. */
async function contextFor(checked: Checked, format: string) {
  if (checked.facts.files.length === 0 && format === 'human') return { controls: [] };
  const { reportContext } = await import('../app/report-context.ts');
  const top =
    format === 'sarif'
      ? (await (await import('../adapters/git/work-tree.ts')).readWorkTree(checked.root))?.top
      : undefined;
  const context = await reportContext(checked.facts, checked.root, top);
  return checked.file === undefined ? context : { ...context, unplaced: checked.file };
}
