/** The published result: every operator with what was caught, and every survivor by name. */
import type { Verdict } from './judge.ts';

const HEAD = `<!-- Written by "npx node tools/mutation.ts". -->

# What the checks notice

Each field that matters in the reference platform's manifests, configuration and Terraform is broken in turn, after its ten faults were mended,
and the controls whose business it is are asked again. A mutation is caught when one of them fails; *could not tell* does not count.
\`npx node tools/mutation.ts\` repeats it and writes this page, a test holds the rate at 95 % or more. The operators stand in
[\`test/mutation/operators\`](../test/mutation/operators): they say what is broken, and were written before it was known what would be caught.
`;

/** Share of mutations that one of the right controls noticed, 0 to 1. */
export function caughtShare(verdicts: readonly Verdict[]): number {
  return verdicts.filter(isCaught).length / verdicts.length;
}

function isCaught({ caughtBy }: Verdict): boolean {
  return caughtBy.length > 0;
}

export function pageOf(verdicts: readonly Verdict[]): string {
  const caught = verdicts.filter(isCaught).length;
  const percent = (caughtShare(verdicts) * 100).toFixed(1);
  return [
    HEAD,
    `**${caught} of ${verdicts.length} caught: ${percent} %.**\n`,
    '## Operators\n',
    '| what is broken | the business of | caught |\n| --- | --- | --- |',
    ...[...Map.groupBy(verdicts, ({ mutation }) => mutation.operator)].map(([operator, own]) => row(operator, own)),
    '',
    ...survivors(verdicts.filter((verdict) => !isCaught(verdict))),
  ].join('\n');
}

function row(operator: string, verdicts: readonly Verdict[]): string {
  const controls = new Set(verdicts.flatMap(({ mutation }) => mutation.controls));
  const links = [...controls].map((id) => `[${id}](controls/${id}.md)`).join(', ');
  return `| ${operator} | ${links} | ${verdicts.filter(isCaught).length} of ${verdicts.length} |`;
}

function survivors(verdicts: readonly Verdict[]): string[] {
  if (verdicts.length === 0) return ['## Survivors\n', 'None.', ''];
  return ['## Survivors\n', ...verdicts.map(({ mutation }) => `- ${mutation.operator}: \`${mutation.where}\``), ''];
}
