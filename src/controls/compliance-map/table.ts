import { FRAMEWORKS, type Criteria, type Framework } from './mapping.ts';

const TITLES: Readonly<Record<Framework, string>> = { soc2: 'SOC 2', iso27001: 'ISO 27001' };

export type Mapping = Readonly<Record<string, Criteria>>;

/** The map as a Markdown page: by control, then by criterion. The same mapping gives the same bytes. */
export function compliancePage(name: string, mapping: Mapping, frameworks: readonly Framework[]): string {
  const chosen = FRAMEWORKS.filter((framework) => frameworks.includes(framework));
  const ids = Object.keys(mapping).sort();
  return [
    `# Compliance map of ${name}`,
    '',
    'Written by `launchgate synth --control compliance-map`. A control gives evidence for a criterion; none is met by one control alone.',
    '',
    '## By control',
    '',
    `| Control | ${chosen.map((framework) => TITLES[framework]).join(' | ')} |`,
    `| --- | ${chosen.map(() => '---').join(' | ')} |`,
    ...ids.map(
      (id) => `| ${id} | ${chosen.map((framework) => mapping[id]?.[framework].join(', ') ?? '').join(' | ')} |`,
    ),
    ...chosen.flatMap((framework) => [
      '',
      `## By criterion of ${TITLES[framework]}`,
      '',
      ...byCriterion(mapping, framework),
    ]),
    '',
  ].join('\n');
}

function byCriterion(mapping: Mapping, framework: Framework): string[] {
  return [
    '| Criterion | Controls |',
    '| --- | --- |',
    ...criteriaOf(mapping, framework).map((criterion) => {
      const ids = Object.keys(mapping).filter((id) => mapping[id]?.[framework].includes(criterion) === true);
      return `| ${criterion} | ${ids.sort().join(', ')} |`;
    }),
  ];
}

/** The criteria that a mapping speaks of, in the order of their numbers. */
export function criteriaOf(mapping: Mapping, framework: Framework): string[] {
  const criteria = new Set(Object.values(mapping).flatMap((row) => row[framework]));
  return [...criteria].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}
