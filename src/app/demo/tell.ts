import type { CheckReport, CheckRow, Decision } from '../../model/report.ts';
import type { HumanOptions } from '../../report/context.ts';
import { actionsOf, isInPlace } from '../../report/decision/actions.ts';
import { pageOf } from '../../report/text/page.ts';
import type { Mend } from './workspace.ts';

/** What the demo says: short answers where the verbs themselves give long ones. */
export function teller(print: (text: string) => void, options: HumanOptions) {
  const page = pageOf(options);
  const lines = (all: readonly string[]): void => {
    if (all.length > 0) print(all.join('\n'));
  };
  return {
    title: (text: string): void => print(`\n${page.paint('heading', text)}\n`),
    line: (text: string): void => lines(page.text(2, text)),
    rows: (rows: readonly (readonly string[])[]): void =>
      lines(page.columns(2, rows, [undefined, 'strong', undefined, 'quiet'])),
    breaks: (report: CheckReport): void => {
      lines(report.findings.filter(isBreak).slice(0, 4).flatMap(breakLines));
      lines(page.text(2, `${report.summary.fail} findings in all, ${report.summary.pass} proven to hold.`));
    },
    decision: (decision: Decision): void => {
      const open = decision.requirements.filter((one) => !isInPlace(one));
      const met = decision.requirements.length - open.length;
      const verdict = page.paint(decision.verdict === 'GO' ? 'pass' : 'critical', decision.verdict);
      print(`  ${verdict}  ${met} of ${decision.requirements.length} requirements in place`);
      const rows = [...Map.groupBy(open, ({ state }) => state)].map(([state, those]) => [
        String(those.length).padStart(4),
        state,
        some(those.map(({ control }) => control)),
      ]);
      lines(page.columns(4, rows, [undefined, 'strong', 'quiet']));
      lines(page.text(2, `${actionsOf(decision).length} actions lead to GO.`));
    },
    mends: (mends: readonly Mend[]): void =>
      lines(
        page.columns(
          2,
          mends.map(({ control, title }) => [control, title]),
          ['strong', undefined],
        ),
      ),
    difference: (before: CheckReport, after: CheckReport): void => {
      const failing = (report: CheckReport): Set<string> =>
        new Set(report.findings.filter(({ outcome }) => outcome === 'fail').map(({ control }) => control));
      const mended = [...failing(before).difference(failing(after))];
      lines(
        page.text(
          2,
          `${before.summary.fail} findings became ${after.summary.fail}. Without any now: ${mended.join(', ') || 'none'}.`,
        ),
      );
    },
    commands: (commands: readonly (readonly [string, string])[]): void => {
      for (const [command, why] of commands)
        print(why === '' ? `  ${command}` : `  ${command}\n      ${page.paint('quiet', why)}`);
    },
  };

  function breakLines(row: CheckRow): string[] {
    const steps = (row.counterExample ?? []).flatMap((step, index) => [
      ...page.labelled(6, String(index + 1), step.action),
      ...page.labelled(9, '→', step.state, 'quiet'),
    ]);
    const place =
      row.location === undefined
        ? []
        : page.path(4, `${row.location.path}:${row.location.line}:${row.location.column}`);
    return [
      ...page.labelled(2, row.severity, `${row.control}  ${row.subject}`, row.severity),
      ...place,
      ...page.text(4, row.message),
      ...steps,
      '',
    ];
  }
}

function isBreak(row: CheckRow): boolean {
  return row.outcome === 'fail' && (row.severity === 'critical' || row.counterExample !== undefined);
}

function some(controls: readonly string[]): string {
  const names = [...new Set(controls)];
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}
