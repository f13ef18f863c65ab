/** The published result: every operator with what was caught, and every survivor by name. */
import type { Verdict } from './judge.ts';

const HEAD = `<!-- Written by "npx node tools/mutation.ts". -->

# What the checks notice

Each field that matters in the reference platform's manifests, configuration and Terraform is broken in turn, after its ten faults were mended,
and the controls whose business it is are asked again. A mutation is caught when one of them fails; *could not tell* does not count.
\`npx node tools/mutation.ts\` repeats it and writes this page, a test holds the rate at 95 % or more. The operators stand in
[\`test/mutation/operators\`](../test/mutation/operators): they say what is broken, and were written before it was known what would be caught.

Three were narrowed when they turned out to break nothing: the guard of a ratio against 0/0 is not taken out (each window rates the raw counters, so that
no sum keeps the NaN), the ports of egress rules are taken out only where they lead to pods or places of others (between two of ours the other
end still decides), and names of metrics lose one letter rather than become names of their own (which nobody can tell from a metric we do not know).
`;

/** Why what survives does, by operator. */
const REASONS: Readonly<Record<string, string>> = {
  'rollout takes ready pods away':
    'behind a traffic router the stable pods all stay while the canary is added; the field does not count then',
  'policy removed':
    'what else selects every pod of the namespace (`allow-dns`, `allow-scrape`) keeps it closed: nothing more may pass',
  'policy selects other pods': 'as above',
  'default-deny of one direction only': 'as above',
  'ingress rule removed': 'another rule lets the same packets pass',
  'egress rule removed': 'another rule lets the same packets pass',
  'another port': 'another rule lets the same packets pass',
  'monitor removed': 'what it scrapes is installed from elsewhere, and nothing here asks for its metrics',
  'monitor selects nothing': 'what it scrapes is installed from elsewhere: whether it selects it is not known here',
  'pod monitor asks a port that does not exist': 'the other endpoint of the same pods goes on',
  'runbook removed from an alert': 'the spec names the runbook of this alert as well',
  'store without a volume': 'nobody looks: the API server refuses pods that mount a volume which is not there',
  'database port open to another port':
    'the tier is still the only one let in; more ports than the store needs are not asked about',
  'no copy of the backups elsewhere':
    'ends as *could not tell*: the spec says that there is a copy, and nothing shows it',
};

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
  return [
    '## Survivors\n',
    ...[...Map.groupBy(verdicts, ({ mutation }) => mutation.operator)].flatMap(([operator, own]) => [
      `**${operator}**${REASONS[operator] === undefined ? '' : `: ${REASONS[operator]}.`}\n`,
      ...own.map(({ mutation }) => `- \`${mutation.where}\``),
      '',
    ]),
  ];
}
